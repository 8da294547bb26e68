//! Which language a text is in, told by its letters and its smallest words; and which a feed is in, by vote (pure).
//!
//! One headline is too short to be sure of, so what counts is what most of a
//! feed's last items seem to be. No model: scripts, a few letters that one
//! language alone has, and function words.

use std::{collections::BTreeMap, sync::LazyLock};

/// Votes of a feed that count, the last ones.
pub const VOTES_MAX: usize = 20;
/// Votes before any counts.
const VOTES_MIN: usize = 3;
/// Bytes of a text that are looked at.
const LOOK_BYTES_MAX: usize = 600;

/// Function words of languages in Latin letters; those that several share decide nothing alone.
const LATIN: [(&str, &str); 17] = [
    (
        "en",
        "the of and to in is for on with at by from as that after over will are was has have be its his their says said not who about amid new",
    ),
    (
        "de",
        "der die das und ist im für mit auf den von zu dem nicht ein eine nach bei wird sich aus auch als zum zur über wie werden gegen hat sind vor",
    ),
    (
        "fr",
        "le la les des et est en du pour dans une sur un au aux pas par avec que qui après plus ce sont son ses entre contre l d",
    ),
    (
        "es",
        "el la los las de en y que por con para una un del al se su es más tras no como sobre contra entre desde",
    ),
    (
        "it",
        "il la le di e che per un una con del della dei nel alla gli non è sono da al più dopo dalla sul anche contro",
    ),
    (
        "pt",
        "o a os as de do da em e que para com um uma no na dos das por não mais ao à após é sobre contra são pelo pela",
    ),
    (
        "nl",
        "de het een van en in is op voor met dat te zijn niet aan er bij naar om uit over wordt door ook na tegen",
    ),
    (
        "sv",
        "och i att det som en på är av för med den till ett om har inte från efter vid kan mot ska säger de",
    ),
    ("no", "og i det som en på er av for med til et om har ikke fra etter ved kan mot skal sier de å ble"),
    ("da", "og i det som en på er af for med til et om har ikke fra efter ved kan mod skal siger de at blev"),
    (
        "fi",
        "ja on ei se että hän oli ovat mutta myös kun joka mukaan sanoo jo nyt vain sekä tai kuin mitä tämä jälkeen yli uusi vielä",
    ),
    ("et", "ja on ei et see oli mis kui ka oma aga ning pärast üle mille kes nii"),
    ("pl", "w i na z do się że nie to jest o po za od dla jak przez przed są był będzie tym oraz czy ze"),
    ("cs", "v a na se je že z do s o po za od pro jak ve by při jsou bylo byl která který podle"),
    ("ro", "și în de la cu pe din a un o nu că pentru este care au fost mai după sunt prin să al ale"),
    ("tr", "ve bir bu için ile de da olarak ne çok daha en gibi sonra kadar olan var yeni ama ise değil"),
    ("hu", "a az és hogy nem is egy van volt meg de már csak még után szerint lesz el fel ki vagy ezt azt"),
];

/// Function words with a bit for each language that has them.
static WORDS: LazyLock<BTreeMap<&str, u32>> = LazyLock::new(|| {
    let mut words = BTreeMap::new();
    for (number, (_, all)) in LATIN.iter().enumerate() {
        for word in all.split(' ') {
            *words.entry(word).or_default() |= 1 << number;
        }
    }
    words
});

/// The language a title and a text seem to be in; none where nothing says so.
pub fn guess(title: &str, text: &str) -> Option<&'static str> {
    let mut end = text.len().min(LOOK_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let all = format!("{title} {}", text.get(..end).unwrap_or_default()).to_lowercase();
    let count = |of: &dyn Fn(char) -> bool| all.chars().filter(|c| of(*c)).count();
    let any = |letters: &str| count(&|c| letters.contains(c));
    let latin = count(&|c| c.is_alphabetic() && c < '\u{250}');
    let scripts = [
        (count(&|c| ('\u{400}'..'\u{530}').contains(&c)), "cyrillic"),
        (count(&|c| ('\u{600}'..'\u{780}').contains(&c)), "arabic"),
        (count(&|c| ('\u{370}'..'\u{400}').contains(&c)), "el"),
        (count(&|c| ('\u{590}'..'\u{600}').contains(&c)), "he"),
        (count(&|c| ('\u{3040}'..'\u{3100}').contains(&c)) * 3, "ja"),
        (count(&|c| ('\u{4e00}'..'\u{a000}').contains(&c)) * 2, "zh"),
        (count(&|c| ('\u{ac00}'..'\u{d7b0}').contains(&c)) * 2, "ko"),
        (count(&|c| ('\u{e00}'..'\u{e80}').contains(&c)), "th"),
        (count(&|c| ('\u{900}'..'\u{980}').contains(&c)), "hi"),
        (latin, "latin"),
    ];
    let most = scripts.iter().map(|it| it.0).max().filter(|it| *it > 0)?;
    match scripts.iter().find(|it| it.0 == most)?.1 {
        "latin" => latin_language(&all),
        "cyrillic" => cyrillic(&any),
        "arabic" if any("پچژگکی") > any("كيةى") => Some("fa"),
        "arabic" => Some("ar"),
        script => Some(script),
    }
}

fn cyrillic(any: &dyn Fn(&str) -> usize) -> Option<&'static str> {
    let (uk, ru, be) = (any("іїєґ"), any("ыэъё"), any("ў"));
    match () {
        () if be > 0 => Some("be"),
        () if uk > ru => Some("uk"),
        () if ru > uk => Some("ru"),
        () => None,
    }
}

fn latin_language(all: &str) -> Option<&'static str> {
    let mut scores = [0_u32; LATIN.len()];
    for word in all.split(|c: char| !c.is_alphabetic()) {
        let langs = WORDS.get(word).copied().unwrap_or_default();
        for (number, score) in scores.iter_mut().enumerate() {
            *score += langs >> number & 1;
        }
    }
    let best = scores.iter().max().filter(|it| **it > 0)?;
    let mut first = scores.iter().zip(&LATIN).filter(|it| it.0 == best).map(|it| it.1.0);
    // Two languages that fit alike are none.
    first.next().filter(|_| first.next().is_none())
}

/// Whether a word of a language only joins others.
pub fn is_small(lang: &str, word: &str) -> bool {
    let number = LATIN.iter().position(|it| it.0 == lang);
    number.is_some_and(|it| WORDS.get(word).is_some_and(|langs| langs >> it & 1 == 1))
}

/// Adds what an item of a feed seems to be in; the oldest vote goes.
pub fn vote(votes: &mut Vec<String>, lang: &str) {
    votes.push(lang.to_owned());
    if votes.len() > VOTES_MAX {
        votes.drain(..votes.len() - VOTES_MAX);
    }
}

/// What more than half of a feed's last items seem to be in.
pub fn voted(votes: &[String]) -> Option<&str> {
    let count = |lang: &String| votes.iter().filter(|it| *it == lang).count();
    let most = votes.iter().max_by_key(|it| (count(it), std::cmp::Reverse(*it)))?;
    (votes.len() >= VOTES_MIN && count(most) * 2 > votes.len()).then_some(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_told_by_its_letters_and_small_words() {
        let check = |text: &str, want: Option<&str>| assert_eq!(guess(text, ""), want, "{text}");
        check("The minister says talks will open on Monday", Some("en"));
        check("Der Minister wird am Montag mit den Gesprächen beginnen", Some("de"));
        check("Le ministre est à Bruxelles pour les négociations", Some("fr"));
        check("Ministeri sanoo että neuvottelut ovat ohi", Some("fi"));
        check("Министр объявил о переговорах", Some("ru"));
        check("Міністр оголосив про переговори", Some("uk"));
        check("الوزير يعلن بدء المحادثات", Some("ar"));
        check("大臣が会談を発表した", Some("ja"));
        check("部长宣布会谈开始", Some("zh"));
        check("Karsk", None);
        check("12 %", None);
    }

    #[test]
    fn a_feed_is_in_what_most_of_its_last_items_are() {
        let mut votes = Vec::new();
        for lang in ["en", "en"] {
            vote(&mut votes, lang);
        }
        assert_eq!(voted(&votes), None, "two are too few");
        vote(&mut votes, "de");
        assert_eq!(voted(&votes), Some("en"));
        vote(&mut votes, "de");
        assert_eq!(voted(&votes), None, "half is not most");
        (0..40).for_each(|_| vote(&mut votes, "fi"));
        assert_eq!((voted(&votes), votes.len()), (Some("fi"), VOTES_MAX));
    }
}
