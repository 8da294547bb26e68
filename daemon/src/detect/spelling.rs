//! English words that are written in two ways, or bend where a stemmer does not look.

use std::borrow::Cow;

/// Words in -ise and their like that nobody writes with a z, by how they begin.
const NEVER_Z: [&str; 18] = [
    "advert", "comprom", "conc", "disgu", "enterpr", "exerc", "expert", "franch", "improv", "likew",
    "merchand", "otherw", "parad", "prec", "prom", "superv", "surpr", "telev",
];
/// Beginnings that British writing spells with a u before their r.
const WITH_U: [&str; 22] = [
    "arm", "behavi", "cand", "clam", "col", "demean", "endeav", "fav", "flav", "harb", "hon", "hum", "lab",
    "neighb", "parl", "ranc", "rum", "sav", "splend", "tum", "val", "vap",
];
/// Other beginnings of words that are spelt in two ways, the British first.
const SPELT: [(&str, &str); 16] = [
    ("centre", "center"),
    ("theatre", "theater"),
    ("kilometre", "kilometer"),
    ("metre", "meter"),
    ("litre", "liter"),
    ("fibre", "fiber"),
    ("defence", "defense"),
    ("offence", "offense"),
    ("licence", "license"),
    ("pretence", "pretense"),
    ("programme", "program"),
    ("analys", "analyz"),
    ("paralys", "paralyz"),
    ("manoeuv", "maneuv"),
    ("sceptic", "skeptic"),
    ("mould", "mold"),
];

/// Words that bend inside, in order, with the word they are a form of.
const BENT: [(&str, &str); 98] = [
    ("beaten", "beat"),
    ("became", "become"),
    ("began", "begin"),
    ("begun", "begin"),
    ("bitten", "bite"),
    ("bought", "buy"),
    ("broke", "break"),
    ("broken", "break"),
    ("brought", "bring"),
    ("built", "build"),
    ("burnt", "burn"),
    ("came", "come"),
    ("caught", "catch"),
    ("children", "child"),
    ("chose", "choose"),
    ("chosen", "choose"),
    ("crises", "crisis"),
    ("dealt", "deal"),
    ("drawn", "draw"),
    ("drew", "draw"),
    ("driven", "drive"),
    ("drove", "drive"),
    ("dug", "dig"),
    ("fallen", "fall"),
    ("fell", "fall"),
    ("fled", "flee"),
    ("flew", "fly"),
    ("flown", "fly"),
    ("forbade", "forbid"),
    ("forbidden", "forbid"),
    ("fought", "fight"),
    ("freed", "free"),
    ("froze", "freeze"),
    ("frozen", "freeze"),
    ("gave", "give"),
    ("given", "give"),
    ("grew", "grow"),
    ("grown", "grow"),
    ("held", "hold"),
    ("hid", "hide"),
    ("hidden", "hide"),
    ("hung", "hang"),
    ("kept", "keep"),
    ("knives", "knife"),
    ("laid", "lay"),
    ("led", "lead"),
    ("lit", "light"),
    ("lost", "lose"),
    ("men", "man"),
    ("met", "meet"),
    ("overthrew", "overthrow"),
    ("overthrown", "overthrow"),
    ("overtook", "overtake"),
    ("paid", "pay"),
    ("ran", "run"),
    ("rebuilt", "rebuild"),
    ("ridden", "ride"),
    ("risen", "rise"),
    ("rode", "ride"),
    ("sank", "sink"),
    ("sat", "sit"),
    ("sent", "send"),
    ("shaken", "shake"),
    ("shook", "shake"),
    ("shrank", "shrink"),
    ("shrunk", "shrink"),
    ("slid", "slide"),
    ("sold", "sell"),
    ("sought", "seek"),
    ("spent", "spend"),
    ("spoke", "speak"),
    ("spoken", "speak"),
    ("stole", "steal"),
    ("stolen", "steal"),
    ("stood", "stand"),
    ("struck", "strike"),
    ("stuck", "stick"),
    ("sunk", "sink"),
    ("swept", "sweep"),
    ("swore", "swear"),
    ("sworn", "swear"),
    ("taken", "take"),
    ("taught", "teach"),
    ("thieves", "thief"),
    ("threw", "throw"),
    ("thrown", "throw"),
    ("took", "take"),
    ("tore", "tear"),
    ("torn", "tear"),
    ("undergone", "undergo"),
    ("underwent", "undergo"),
    ("upheld", "uphold"),
    ("withdrawn", "withdraw"),
    ("withdrew", "withdraw"),
    ("wolves", "wolf"),
    ("women", "woman"),
    ("written", "write"),
    ("wrote", "write"),
];

/// An English word as a stemmer finds its family: as Americans spell it, and unbent.
pub(super) fn regular(word: &str) -> Cow<'_, str> {
    if let Ok(at) = BENT.binary_search_by_key(&word, |it| it.0) {
        return BENT.get(at).map_or(word, |it| it.1).into();
    }
    let ends = ["ise", "ises", "ised", "ising", "iser", "isers", "isation", "isations"];
    let root = ends.iter().find_map(|it| word.strip_suffix(it)).filter(|it| it.len() >= 4);
    if let Some(root) = root.filter(|it| !NEVER_Z.contains(it)) {
        return format!("{root}iz{}", word.get(root.len() + 2..).unwrap_or_default()).into();
    }
    if let Some((root, rest)) = word.split_once("our")
        && WITH_U.contains(&root)
    {
        return format!("{root}or{rest}").into();
    }
    let spelt = SPELT.iter().find_map(|(british, it)| Some(format!("{it}{}", word.strip_prefix(british)?)));
    spelt.map_or(Cow::Borrowed(word), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn british_and_american_spellings_become_one() {
        let check = |word: &str, spelt: &str| assert_eq!(regular(word), spelt);
        check("hospitalised", "hospitalized");
        check("organisations", "organizations");
        check("neighbours", "neighbors");
        check("labour", "labor");
        check("defences", "defenses");
        check("programmes", "programs");
        check("centre", "center");
        for word in ["paradise", "promising", "raised", "wise", "hour", "tour", "four", "courts", "parametre"]
        {
            check(word, word);
        }
    }

    #[test]
    fn bent_words_stand_in_order_and_for_themselves_no_more() {
        assert!(BENT.is_sorted_by_key(|it| it.0));
        for (bent, word) in BENT {
            assert_eq!(regular(bent), word);
        }
    }
}
