//! Storyline definitions proposed from an article (pure).
