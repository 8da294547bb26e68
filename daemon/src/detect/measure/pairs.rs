//! Pairs of texts: is one the other's copy, and are both about one thing?

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use storyline_store::{Item, ItemId, Relation, Report};

use super::{
    super::{
        copy::taken,
        features::Features,
        lately::Read,
        reading::Reading,
        rules::Rules,
        rules::shipped,
        similarity::Weighing,
        stem::Language,
        texts::Texts,
        thread::{Reported, Thread},
    },
    data::{Row, auc, lines, pearson, text},
};
use crate::read::ItemLine;

/// Bytes of a text that a report keeps.
const KEPT_BYTES: usize = 1 << 10;

fn begin() -> Timestamp {
    Timestamp::from_second(1_739_174_400).unwrap()
}

/// An item as intake makes it; a second passes with each number.
pub(super) fn item(number: u64, title: &str, body: &str, lang: &str) -> Item {
    let at = begin() + SignedDuration::from_secs(i64::try_from(number).unwrap());
    let line = serde_json::json!({
        "id": format!("{number}"), "outlet": format!("Outlet {number}"), "title": title, "summary": body,
        "published": at, "lang": lang,
    });
    ItemLine::parse(&line.to_string()).unwrap().item(at)
}

/// A report, its text cut as intake and log cut it.
pub(super) fn report(number: u64, title: &str, body: &str, lang: &str) -> Report {
    let item = item(number, title, body, lang);
    let mut kept = item.text.as_str();
    while kept.len() > KEPT_BYTES {
        kept = &kept[..kept.char_indices().next_back().map_or(0, |it| it.0)];
    }
    let at = begin() + SignedDuration::from_secs(i64::try_from(number).unwrap());
    let json = serde_json::json!({
        "item": ItemId(number), "feed": "a", "outlet": "A", "origin": "a", "title": item.title, "text": kept,
        "lang": item.lang, "effective": at,
    });
    serde_json::from_value(json).unwrap()
}

pub(super) fn features(it: &Report) -> Features {
    let reading = Reading::of(&it.title, &it.text, Language::of(it.lang.as_deref()));
    Features::of(shipped(), &reading, &it.outlet)
}

fn report_to(thread: &mut Thread, texts: &mut Texts, report: &Report) {
    let read = Read::of(report);
    let features = texts.hold(report.item, &read.features);
    let reported = Reported { report, features, house: &read.house };
    thread.report(begin(), reported, None, Relation::New, false);
}

pub(super) fn copies() -> Vec<Row> {
    let Some(rows) = lines("third-party/neardup-pairs.jsonl.gz") else { return Vec::new() };
    let rules = Rules::default();
    let (mut copies, mut found, mut wrong) = (0, 0, 0);
    for row in &rows {
        let of =
            |number, side: &str| report(number, text(&row[side], "title"), text(&row[side], "body"), "en");
        let (earlier, later) = (of(1, "a"), of(2, "b"));
        let mut thread = Thread::default();
        let mut texts = Texts::default();
        report_to(&mut thread, &mut texts, &earlier);
        let (later, features) = ((later.item, later.effective), features(&later));
        let alike = texts.alike(&rules.table.copy, &features);
        let taken = taken(&rules.table.copy, &thread, later, &features, &alike);
        let is_found = taken.is_some_and(|it| it.is_copy);
        let is_copy = text(row, "label") == "copy";
        copies += u32::from(is_copy);
        found += u32::from(is_copy && is_found);
        wrong += u32::from(!is_copy && is_found);
    }
    let recall = f64::from(found) / f64::from(copies);
    let precision = f64::from(found) / f64::from(found + wrong);
    vec![
        Row::new("near duplicates, recall", recall, format!("{found} of {copies}"), 0.93),
        Row::new("near duplicates, precision", precision, format!("{wrong} false"), 1.0).must(),
    ]
}

/// How near pairs are, by all that is compared and by their words alone, after all of them were read.
fn scores(pairs: &[(Report, Report)]) -> Vec<[f64; 2]> {
    let rules = Rules::default();
    let mut thread = Thread::default();
    for it in pairs.iter().flat_map(|it| [&it.0, &it.1]) {
        report_to(&mut thread, &mut Texts::default(), it);
    }
    let score = |(a, b): &(Report, Report)| {
        let weighing = Weighing::of(&rules, &thread, &features(a), Vec::new());
        let known = thread.versions(b.item).next().unwrap();
        [weighing.sameness(&features(a), known), weighing.cosine(&known.features.terms)]
    };
    pairs.iter().map(score).collect()
}

fn numbered(rows: &[Value], of: impl Fn(&Value, u64) -> (Report, Report)) -> Vec<(Report, Report)> {
    (0..).step_by(2).zip(rows).map(|(number, row)| of(row, number)).collect()
}

pub(super) fn headlines() -> Option<Row> {
    let rows = lines("third-party/sts-headlines-2013-2014.jsonl.gz")?;
    let pairs = numbered(&rows, |row, at| {
        (report(at, text(row, "a"), "", "en"), report(at + 1, text(row, "b"), "", "en"))
    });
    let people = rows.iter().map(|it| it["score"].as_f64().unwrap());
    let both: Vec<([f64; 2], f64)> = scores(&pairs).into_iter().zip(people).collect();
    let by = |at: usize| pearson(&both.iter().map(|it| (it.0[at], it.1)).collect::<Vec<_>>());
    let besides = format!("by words alone {:.3}; {} pairs", by(1), both.len());
    Some(Row::new("headlines 2013–14, Pearson", by(0), besides, 0.72))
}

pub(super) fn texts() -> Vec<Row> {
    let Some(rows) = lines("third-party/tgcontest-pairs-en-ru.jsonl.gz") else { return Vec::new() };
    let row = |lang: &str, goal: f64| {
        let rows: Vec<Value> = rows.iter().filter(|it| text(it, "lang") == lang).cloned().collect();
        let pairs = numbered(&rows, |row, at| {
            let of = |number, side: &str| {
                report(number, text(row, &format!("title_{side}")), text(row, &format!("body_{side}")), lang)
            };
            (of(at, "a"), of(at + 1, "b"))
        });
        let same = rows.iter().map(|it| it["same"].as_bool().unwrap());
        let both: Vec<([f64; 2], bool)> = scores(&pairs).into_iter().zip(same).collect();
        let by = |at: usize| auc(&both.iter().map(|it| (it.0[at], it.1)).collect::<Vec<_>>());
        let besides = format!("by words alone {:.3}; {} pairs", by(1), both.len());
        Row::new(&format!("same event, {lang}, AUC"), by(0), besides, goal)
    };
    vec![row("en", 0.9), row("ru", 0.86)]
}
