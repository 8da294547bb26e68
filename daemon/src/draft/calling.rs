//! How a definition calls somebody or somewhere; names no pack has become packs.

use super::{
    NewPack,
    name::{Name, NameKind},
    propose::Proposer,
    scene::Who,
};

impl Proposer<'_> {
    /// How a definition calls it; a name becomes a pack of its own.
    pub(super) fn alias(&mut self, who: &Who) -> Option<String> {
        let name = match who {
            Who::Pack { pack, .. } => return Some(format!("@{pack}")),
            Who::Name(at) => self.scenes.names.get(*at)?,
        };
        let mut key = slug(&name.text);
        let other = |it: Option<&NewPack>| it.is_some_and(|it| it.name != name.text);
        let taken = |key: &String| {
            self.actors.contains_key(key)
                || self.places.contains_key(key)
                || other(self.new_actors.get(key))
                || other(self.new_places.get(key))
        };
        while taken(&key) {
            key.push_str("-new");
        }
        let sentence =
            name.sentences.first().and_then(|at| self.scenes.sentences.get(*at)).map(|it| it.text.to_owned());
        let pack = NewPack {
            key: key.clone(),
            name: name.text.clone(),
            role: name.role.clone(),
            aliases: aliases(name),
            sentence: sentence.unwrap_or_default(),
        };
        let packs = if name.kind == NameKind::Place { &mut self.new_places } else { &mut self.new_actors };
        packs.entry(key.clone()).or_insert(pack);
        Some(format!("@{key}"))
    }

    pub(super) fn display(&self, who: &Who) -> String {
        match who {
            Who::Pack { pack, place } => {
                let packs = if *place { self.places } else { self.actors };
                packs.get(pack).map_or_else(|| pack.clone(), |it| it.name.clone())
            }
            Who::Name(at) => self.scenes.names.get(*at).map(|it| it.text.clone()).unwrap_or_default(),
        }
    }
}

/// The ways a name is written, as a pack lists them.
fn aliases(name: &Name) -> Vec<String> {
    let mut aliases = vec![name.text.to_lowercase()];
    let one_word = !name.text.contains(' ');
    if one_word && name.text.chars().all(|it| it.is_uppercase() || !it.is_alphabetic()) {
        aliases = vec![format!("CASE:{}", name.text)];
    }
    aliases.extend(name.shorter.iter().cloned());
    if name.kind == NameKind::Person
        && name.shorter.is_empty()
        && let Some((_, last)) = name.text.rsplit_once(' ')
    {
        // A surname may be a common word, so it is looked for as it is written.
        aliases.push(format!("CASE:{last}"));
    }
    aliases
}

/// A name for a table: a-z, 0-9 and dashes.
pub(super) fn slug(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut slug = String::new();
    for c in text.nfkd().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if let Some(latin) = latin(c) {
            slug.push_str(latin);
        } else if !slug.ends_with('-') && !slug.is_empty() && !('\u{300}'..='\u{36f}').contains(&c) {
            slug.push('-');
        }
        if slug.len() >= 48 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "story".to_owned() } else { slug.to_owned() }
}

/// A Cyrillic letter in Latin ones, as far as a table's name needs it.
fn latin(c: char) -> Option<&'static str> {
    const LETTERS: &str = "абвгдезийклмнопрстуфхцчшщъыьэюяіїєґё";
    const LATIN: [&str; 36] = [
        "a", "b", "v", "g", "d", "e", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f",
        "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya", "i", "yi", "ye", "g", "yo",
    ];
    if c == 'ж' {
        return Some("zh");
    }
    LETTERS.chars().position(|it| it == c).and_then(|it| LATIN.get(it).copied())
}
