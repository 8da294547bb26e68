//! A scripted fortnight, played through the real program.
