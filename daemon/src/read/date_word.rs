//! The words of dates: months of a dozen languages, and zones.

/// The month a word begins like, 1 to 12.
pub(super) fn month(word: &str) -> Option<u64> {
    let found = MONTHS.iter().find(|(_, names)| names.split(' ').any(|name| word.starts_with(name)))?;
    Some(found.0)
}

/// Minutes east of Greenwich of a zone's short name.
pub(super) fn zone(word: &str) -> Option<i32> {
    ZONES.iter().find(|(name, _)| *name == word).map(|(_, minutes)| *minutes)
}

/// Beginnings of the months' names: Danish, Dutch, English, French, German, Greek, Hungarian, Italian,
/// Norwegian, Polish, Portuguese, Russian, Spanish, Swedish, Turkish, Ukrainian.
const MONTHS: &[(u64, &str)] = &[
    (1, "jan jän ene gen sty oca янв січ ιαν"),
    (2, "feb fév fev lut şub фев лют φεβ"),
    (6, "jun juin jún giu cze haz июн чер ιουν ιούν"),
    (7, "jul juil júl lug lip tem июл лип ιουλ ιούλ"),
    (3, "mar mär mrt maa már маr мар бер μαρ μάρ"),
    (4, "apr abr avr ápr kwi nis апр кві απρ"),
    (5, "may mai maj mei mag máj мая май тра μαϊ μαι μάι"),
    (8, "aug aou aoû ago agu sie ağu авг сер αυγ αύγ"),
    (9, "sep set szept wrz eyl сен вер σεπ"),
    (10, "oct okt ott out paź eki окт жов οκτ"),
    (11, "nov lis kas ноя лис νοε νοέ"),
    (12, "dec déc dez dic des gru ara дек гру δεκ"),
];

/// Short names of zones. Where one name means several, the one that feeds mean.
const ZONES: &[(&str, i32)] = &[
    ("z", 0),
    ("gmt", 0),
    ("utc", 0),
    ("ut", 0),
    ("wet", 0),
    ("est", -300),
    ("edt", -240),
    ("et", -300),
    ("cst", -360),
    ("cdt", -300),
    ("ct", -360),
    ("mst", -420),
    ("mdt", -360),
    ("mt", -420),
    ("pst", -480),
    ("pdt", -420),
    ("pt", -480),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
    ("ast", -240),
    ("adt", -180),
    ("nst", -210),
    ("ndt", -150),
    ("brt", -180),
    ("art", -180),
    ("bst", 60),
    ("west", 60),
    ("cet", 60),
    ("cest", 120),
    ("met", 60),
    ("mest", 120),
    ("mez", 60),
    ("mesz", 120),
    ("wat", 60),
    ("cat", 120),
    ("sast", 120),
    ("eet", 120),
    ("eest", 180),
    ("eat", 180),
    ("idt", 180),
    ("trt", 180),
    ("msk", 180),
    ("мск", 180),
    ("msd", 240),
    ("gst", 240),
    ("pkt", 300),
    ("ist", 330),
    ("npt", 345),
    ("ict", 420),
    ("wib", 420),
    ("hkt", 480),
    ("sgt", 480),
    ("pht", 480),
    ("awst", 480),
    ("jst", 540),
    ("kst", 540),
    ("acst", 570),
    ("acdt", 630),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
];
