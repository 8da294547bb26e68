//! Sentences of many subjects with the days they mean.

use jiff::{Timestamp, tz::TimeZone};

use super::{Tense, mentions};

/// A Wednesday.
const WEDNESDAY: &str = "2025-06-18T12:00:00Z";

fn found(published: &str, zone: &str, lang: &str, text: &str) -> String {
    let tz = TimeZone::get(zone).unwrap();
    let found = mentions(text, published.parse().unwrap(), &tz, Some(lang));
    let line = |it: &super::Mention| {
        let value = it.value.map_or_else(|| "vague".to_owned(), |it| it.to_string());
        format!("{} = {value}", it.text)
    };
    found.iter().map(line).collect::<Vec<_>>().join("; ")
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(found(WEDNESDAY, "UTC", "en", text), expected, "{text}");
}

#[test]
fn a_weekday_follows_its_verb() {
    check("The court sentenced him on Monday.", "on Monday = 2025-06-16");
    check("The court will sentence him on Monday.", "on Monday = 2025-06-23");
    check("Dock workers walked out on Friday over pay.", "on Friday = 2025-06-13");
    check("Dock workers are to walk out on Friday over pay.", "on Friday = 2025-06-20");
    check("The rocket lifts off on Saturday.", "on Saturday = 2025-06-21");
    check("The rocket lifted off on Saturday.", "on Saturday = 2025-06-14");
    check("Shareholders vote on Thursday on the takeover.", "on Thursday = 2025-06-19");
    check("The storm made landfall early on Tuesday.", "on Tuesday = 2025-06-17");
    check("The storm is expected to make landfall on Tuesday.", "on Tuesday = 2025-06-24");
    check("Parliament approved the budget Tuesday.", "Tuesday = 2025-06-17");
    check("Parliament votes Friday on the budget.", "Friday = 2025-06-20");
    check("The minister resigned on Wednesday.", "on Wednesday = 2025-06-18");
    check("Polls open on Sunday at 7am.", "on Sunday = 2025-06-22");
    check("The jury was sent home on Friday.", "on Friday = 2025-06-13");
    check("The verdict is due on Friday.", "on Friday = 2025-06-20");
    check("Police on Monday arrested two men.", "on Monday = 2025-06-16");
    check("Officials say police on Monday arrested two men.", "on Monday = 2025-06-16");
    check("On Monday, police arrested two men.", "On Monday = 2025-06-16");
    check("On Thursday the central bank will announce rates.", "On Thursday = 2025-06-19");
    check(
        "The bank, which cut rates on Thursday, will meet again on Monday.",
        "on Thursday = 2025-06-12; on Monday = 2025-06-23",
    );
    check("The union agreed to return to the table on Thursday.", "on Thursday = 2025-06-19");
    check("Ministers met to discuss the budget on Monday.", "on Monday = 2025-06-16");
    check("He told the court on Monday that he would appeal.", "on Monday = 2025-06-16");
    check("The trial of the former mayor opens Monday.", "Monday = 2025-06-23");
    check("The company has scheduled a meeting of shareholders for Friday.", "Friday = 2025-06-20");
    check("Negotiators are flying to Geneva for a meeting on Thursday.", "on Thursday = 2025-06-19");
    check("The ferry sank off the coast on Sunday, killing nine.", "on Sunday = 2025-06-15");
    check("The match was postponed to Saturday.", "Saturday = 2025-06-21");
    check("The inquiry is being held on Thursday.", "on Thursday = 2025-06-19");
    check("A strike on Friday would close schools.", "on Friday = 2025-06-20");
    check("Strikes on Friday killed twelve.", "on Friday = 2025-06-13");
    check("She could be freed on Monday.", "on Monday = 2025-06-23");
    check("He may not travel on Sunday.", "on Sunday = 2025-06-22");
    check("The mayor won't attend on Sunday.", "on Sunday = 2025-06-22");
}

#[test]
fn clauses_are_not_mixed_up() {
    check(
        "Talks that broke down on Thursday will resume on Monday.",
        "on Thursday = 2025-06-12; on Monday = 2025-06-23",
    );
    check(
        "She won gold on Sunday, her second after Friday's relay.",
        "on Sunday = 2025-06-15; Friday = 2025-06-13",
    );
    check(
        "They met on Sunday for talks that ended early on Monday.",
        "on Sunday = 2025-06-15; on Monday = 2025-06-16",
    );
    check(
        "He had vowed on Monday to resign by Wednesday.",
        "on Monday = 2025-06-16; by Wednesday = 2025-06-18",
    );
    check(
        "A notice on Tuesday said the bridge will close on Saturday.",
        "on Tuesday = 2025-06-17; on Saturday = 2025-06-21",
    );
    check("He is accused of killing three people on Sunday.", "on Sunday = 2025-06-15");
    check("She was treated after being shot on Friday.", "on Friday = 2025-06-13");
    check("He said Thursday's talks would go ahead.", "Thursday = 2025-06-19");
    check("Dozens were killed by Monday's quake.", "Monday = 2025-06-16");
    check("By Sunday more than thirty had died.", "By Sunday = 2025-06-15");
    check("Nobody won a majority in Sunday's election.", "Sunday = 2025-06-15");
    check("They offer a fifth more than Monday's price.", "Monday = 2025-06-16");
    check("The truce was extended to Friday.", "Friday = 2025-06-20");
    check("The truce was extended until at least Friday.", "Friday = 2025-06-20");
    check("The vote was moved from Thursday to Saturday.", "Thursday = 2025-06-19; Saturday = 2025-06-21");
    check("Bus plunges into ravine on Sunday, killing 20", "on Sunday = 2025-06-15");
    check(
        "Rovers beat United on Saturday and host City on Friday.",
        "on Saturday = 2025-06-14; on Friday = 2025-06-20",
    );
    check(
        "A man arrested on Friday will appear in court on Monday.",
        "on Friday = 2025-06-13; on Monday = 2025-06-23",
    );
    check("The ceasefire, which took effect on Sunday, is holding.", "on Sunday = 2025-06-15");
    check("The probe is targeting Thursday for its landing.", "Thursday = 2025-06-19");
    check("SpaceX Plans to Launch New Rocket on Saturday", "on Saturday = 2025-06-21");
    check("Court Rejected Appeal on Monday", "on Monday = 2025-06-16");
    check("It was the second Sunday in a row without a goal.", "");
    check("The rules take effect on the second of August.", "second of August = 2025-08-02");
    check("Rent is due on the 1st of next month.", "the 1st of next month = 2025-07-01");
    check("The king died on 5 December 1391.", "5 December 1391 = 1391-12-05");
}

#[test]
fn a_possessive_weekday_follows_what_is_near() {
    check("Monday's launch was scrubbed.", "Monday = 2025-06-16");
    check("Teams are preparing for Saturday's final.", "Saturday = 2025-06-21");
    check("Ahead of Friday's vote, both sides campaigned.", "Friday = 2025-06-20");
    check("Results of Sunday’s election came in overnight.", "Sunday = 2025-06-15");
    check("After Tuesday's ruling, shares fell.", "Tuesday = 2025-06-17");
}

#[test]
fn last_next_and_this_are_kept_apart() {
    check("The deal was struck last Friday.", "last Friday = 2025-06-13");
    check("The hearing takes place next Friday.", "next Friday = 2025-06-27");
    check("The hearing takes place this Friday.", "this Friday = 2025-06-20");
    check("It begins a week on Monday.", "a week on Monday = 2025-06-30");
    check("It begins Thursday week.", "Thursday week = 2025-06-26");
    check("It begins on Tuesday next week.", "on Tuesday next week = 2025-06-24");
    check("It ended on Friday last week.", "on Friday last week = 2025-06-13");
    check("The launch slipped to next week.", "next week = 2025-06-23/2025-06-29");
    check("It was signed last month.", "last month = 2025-05-01/2025-05-31");
    check("The festival was held last weekend.", "last weekend = 2025-06-14/2025-06-15");
    check("The festival is next weekend.", "next weekend = 2025-06-28/2025-06-29");
    check("The first Friday of next month is free.", "The first Friday of next month = 2025-07-04");
}

#[test]
fn calendar_dates_take_the_nearest_year() {
    check("The trial begins on 3 July.", "3 July = 2025-07-03");
    check("The trial began on May 12.", "May 12 = 2025-05-12");
    check("The election will be held on 15 March 2026.", "15 March 2026 = 2026-03-15");
    check("The election will be held on March 15.", "March 15 = 2026-03-15");
    check("She was arrested on Dec. 20.", "Dec. 20 = 2024-12-20");
    check("The merger closes on July 1, 2025, the firms said.", "July 1, 2025 = 2025-07-01");
    check("He was born on 29 February 2000.", "29 February 2000 = 2000-02-29");
    check("It will be on the 27th of June.", "the 27th of June = 2025-06-27");
    check("The ship docks on the 25th.", "the 25th = 2025-06-25");
    check("The ship docked on the 2nd, officials said.", "the 2nd = 2025-06-02");
    check("On Friday, 20 June, the court will sit.", "Friday, 20 June = 2025-06-20");
    check("The court sits on Friday the 27th.", "Friday the 27th = 2025-06-27");
    check("Launch window: 2025-07-04, 10:30 UTC.", "2025-07-04 = 2025-07-04");
    check("Filed 04/07/2025.", "04/07/2025 = 2025-07-04");
    check("Elections were held in November 2023.", "in November 2023 = 2023-11-01/2023-11-30");
    check("Elections will be held in November.", "in November = 2025-11-01/2025-11-30");
    check("The bridge opens in early September.", "in early September = 2025-09-01/2025-09-10");
    check("The vote was moved to mid-July.", "mid-July = 2025-07-11/2025-07-20");
}

#[test]
fn spans_are_ranges() {
    check("The summit takes place on 24-26 June.", "24-26 June = 2025-06-24/2025-06-26");
    check("The fair runs from 28 June to 2 July.", "28 June to 2 July = 2025-06-28/2025-07-02");
    check("The fair runs from June 28 to July 2.", "June 28 to July 2 = 2025-06-28/2025-07-02");
    check("Hearings on July 7–9 will be public.", "July 7–9 = 2025-07-07/2025-07-09");
    check("Between 1 and 5 July trains will not run.", "1 and 5 July = 2025-07-01/2025-07-05");
    check("Doctors will strike from Monday to Thursday.", "Monday to Thursday = 2025-06-23/2025-06-26");
    check(
        "The tour, 30 December to 3 January, is sold out.",
        "30 December to 3 January = 2025-12-30/2026-01-03",
    );
    check("The conference, to be held on 14 and 15 July, is full.", "14 and 15 July = 2025-07-14/2025-07-15");
}

#[test]
fn days_are_counted_from_publication() {
    check("The strike ended two days ago.", "two days ago = 2025-06-16");
    check("The comet returns in three weeks.", "in three weeks = 2025-07-09");
    check("The curfew starts tomorrow night.", "tomorrow night = 2025-06-19");
    check("The verdict came yesterday.", "yesterday = 2025-06-17");
    check("Fighting resumed last night.", "last night = 2025-06-17");
    check("He lands tonight.", "tonight = 2025-06-18");
    check("The deadline is the day after tomorrow.", "the day after tomorrow = 2025-06-20");
    check("The bill was passed a week ago.", "a week ago = 2025-06-11");
    check("The fair opened a fortnight ago.", "a fortnight ago = 2025-06-04");
    check("The fair returns in a fortnight.", "in a fortnight = 2025-07-02");
    check("Snow is forecast for the weekend.", "the weekend = 2025-06-21/2025-06-22");
    check("Ballots are counted by the end of the month.", "by the end of the month = 2025-06-30");
    check("A ruling is due at the end of next week.", "at the end of next week = 2025-06-29");
    check("It was the third crash in two weeks.", "");
    check("A decision will come in the next few days.", "in the next few days = vague");
    check("Several died in recent days.", "in recent days = vague");
    check("They could meet within two weeks.", "within two weeks = vague");
    check("The report is due later this month.", "later this month = vague");
    check(
        "A launch next week is unlikely, but next month possible.",
        "next week = 2025-06-23/2025-06-29; next month = 2025-07-01/2025-07-31",
    );
}

#[test]
fn what_is_no_date_is_left_alone() {
    for text in [
        "Theresa May and March Simpson may march on.",
        "Black Friday sales and Good Friday masses draw crowds.",
        "The Sun and the Sunday Times reported on Friday prayers.",
        "A 12-year-old won 10,000 dollars at 10:30 with 3.5 points.",
        "Sheffield Wednesday beat Leeds 2-1.",
        "They sat on the sun deck and wed in the sea.",
        "The 21st century began; the 3rd Battalion marched on the 5th floor.",
        "In 2024 and the 1990s nothing of the kind took place.",
        "He wrote for USA Today.",
        "Version 1.2.25 of the software fixes 14 faults.",
        "April showers and June brides, said August Strindberg.",
        "The council meets every Monday.",
        "Nobody has the 30 February edition.",
        "It lasted three days and ended a day later.",
        "12 May Street is for sale.",
    ] {
        let expected = if text.starts_with("12 May") { "12 May = 2025-05-12" } else { "" };
        check(text, expected);
    }
}

#[test]
fn the_zone_decides_what_today_is() {
    let text = "The president signed the order today.";
    assert_eq!(found("2025-06-19T02:00:00Z", "America/New_York", "en", text), "today = 2025-06-18");
    assert_eq!(found("2025-06-18T16:00:00Z", "Asia/Tokyo", "en", text), "today = 2025-06-19");
    let numeric = "Filed on 04/07/2025.";
    assert_eq!(found(WEDNESDAY, "America/New_York", "en", numeric), "04/07/2025 = 2025-04-07");
}

#[test]
fn a_deadline_and_what_lies_ahead_are_told() {
    let check = |text: &str, tense: Tense, deadline: bool, ahead: bool| {
        let published: Timestamp = WEDNESDAY.parse().unwrap();
        let found = mentions(text, published, &TimeZone::UTC, Some("en"));
        let it = found.first().unwrap();
        assert_eq!((it.tense, it.deadline, it.ahead), (tense, deadline, ahead), "{text} {it:?}");
        assert_eq!(text.get(it.start..it.start + it.text.len()), Some(it.text.as_str()));
    };
    check("The rebels must withdraw by Friday.", Tense::Future, true, true);
    check("Talks go on until 24 June.", Tense::Future, true, true);
    check("They have to answer before Monday.", Tense::Future, true, true);
    check("The strike lasted until Sunday.", Tense::Past, true, false);
    check("The court ruled on Monday.", Tense::Past, false, false);
    check("The court ruled on Wednesday.", Tense::Past, false, false);
    check("The court will rule on Wednesday.", Tense::Future, false, true);
    check("The court will rule in the coming days.", Tense::Future, false, false);
}

#[test]
fn any_text_is_read_to_its_end() {
    let words = [
        "Monday",
        "on",
        "the",
        "of",
        "31",
        "February",
        "next",
        "week",
        "in",
        "two",
        "’s",
        "-",
        ".",
        "ago",
        "May",
        "–",
        "21st",
        "end",
        "last",
        "9999-99-99",
        "пятницу",
        "é",
        ",",
        "to",
        "and",
        "mid",
        "1.1.1.1",
        "29",
    ];
    // A small generator: every triple and a run of longer ones.
    for a in words {
        for b in words {
            for c in words {
                let text = format!("{a} {b} {c}{a} {c} {b}");
                let _ = found("0001-01-01T00:00:00Z", "UTC", "en", &text);
                let _ = found("9999-12-30T00:00:00Z", "UTC", "fr", &text);
            }
        }
    }
}

#[test]
fn other_languages_have_their_days() {
    let check = |lang: &str, text: &str, expected: &str| {
        assert_eq!(found(WEDNESDAY, "UTC", lang, text), expected, "{text}");
    };
    check("de", "Das Gericht verurteilte ihn am Montag.", "am Montag = 2025-06-16");
    check("de", "Die Minister treffen sich am Freitag in Wien.", "am Freitag = 2025-06-20");
    check("de", "Die Minister haben sich am Freitag in Wien getroffen.", "am Freitag = 2025-06-13");
    check("de", "Der Streik ist für Freitag geplant.", "Freitag = 2025-06-20");
    check("de", "Die Wahl findet am 28. September statt.", "28. September = 2025-09-28");
    check("de", "Die Messe läuft vom 24. bis 26. Juni.", "26. Juni = 2025-06-26");
    check(
        "de",
        "Nächste Woche wird entschieden, in zwei Wochen gewählt.",
        "Nächste Woche = 2025-06-23/2025-06-29; in zwei Wochen = 2025-07-02",
    );
    check(
        "de",
        "Er starb vor drei Tagen; heute Morgen kam der Bericht.",
        "vor drei Tagen = 2025-06-15; heute = 2025-06-18",
    );
    check("fr", "Le tribunal a rendu son verdict lundi.", "lundi = 2025-06-16");
    check("fr", "Les ministres se réuniront vendredi à Genève.", "vendredi = 2025-06-20");
    check("fr", "La grève est prévue mardi prochain.", "mardi prochain = 2025-06-24");
    check("fr", "Le vote aura lieu le 3 juillet.", "3 juillet = 2025-07-03");
    check("fr", "Il est arrivé il y a deux jours.", "il y a deux jours = 2025-06-16");
    check(
        "fr",
        "La décision est attendue la semaine prochaine ou ce week-end.",
        "semaine prochaine = 2025-06-23/2025-06-29; ce week-end = 2025-06-21/2025-06-22",
    );
    check("fr", "Le lancement a lieu aujourd'hui.", "aujourd'hui = 2025-06-18");
    check("ru", "Суд вынес приговор в понедельник.", "в понедельник = 2025-06-16");
    check("ru", "Суд объявил приговор в понедельник.", "в понедельник = 2025-06-16");
    check("ru", "Встреча пройдёт в пятницу, 20 июня.", "пятницу, 20 июня = 2025-06-20");
    check("ru", "Запуск перенесён на следующую неделю.", "следующую неделю = 2025-06-23/2025-06-29");
    check(
        "ru",
        "Он погиб два дня назад, через неделю начнётся суд.",
        "два дня назад = 2025-06-16; через неделю = 2025-06-25",
    );
    check("uk", "Суд оголосить вирок у п’ятницю.", "у п’ятницю = 2025-06-20");
    check("uk", "Вибори відбудуться 26 жовтня.", "26 жовтня = 2025-10-26");
    check("fi", "Eduskunta äänestää perjantaina.", "perjantaina = 2025-06-20");
    check("fi", "Ministerit tapasivat maanantaina.", "maanantaina = 2025-06-16");
    check("fi", "Vaalit pidetään 13. huhtikuuta 2026.", "13. huhtikuuta 2026 = 2026-04-13");
    check("fi", "Kokous on 24.6. Helsingissä.", "24.6. = 2025-06-24");
    check("es", "El juicio empieza el 2025-07-01, no el lunes.", "2025-07-01 = 2025-07-01");
}
