//! Every cause there is, from an item or the passing of time to the words a receiver gets.

use expect_test::expect;

use super::{
    receiver::{Reply, says},
    whole::Whole,
};

const HARBOUR: &str = r#"
[storyline.harbour]
title = "The strike at Port Sorrel"
all = [["sorrel"], ["strike", "walkout", "dockers", "union"]]
phase.scheduled = ["to strike on", "end strike on"]
phase.under_way = ["walk out"]
alert.on = ["new", "confirmed", "disputed", "phase", "fact", "overdue", "surge", "quiet"]
"#;

#[tokio::test]
async fn a_storyline_tells_all_there_is_to_tell_of_it() {
    let mut whole = Whole::new(HARBOUR);
    whole.sink("desk", Vec::new(), "min_severity = \"info\"\nrate = \"1000/h\"").await;
    whole.start().await;
    whole
        .news("Courier", "Sorrel dockers grumble over a new union rule", "It has to do with overtime.")
        .await;
    whole.set("2025-03-03T11:00:00Z").await;
    whole.news("Ledger", "Union rule makes Sorrel dockers grumble", "The rule is about overtime.").await;
    whole.set("2025-03-03T12:00:00Z").await;
    whole.news("Courier", "Sorrel dockers walk out over pay", "Work stopped on all quays at dawn.").await;
    whole.set("2025-03-03T15:00:00Z").await;
    whole
        .news(
            "Kestrel",
            "Sorrel union and mayor to meet in Geneva on Thursday",
            "The strike is to be talked about.",
        )
        .await;
    whole.set("2025-03-03T18:00:00Z").await;
    whole
        .news(
            "Courier",
            "Sorrel union agrees to end strike on Friday",
            "The men go back on Friday, a port official said.",
        )
        .await;
    whole.set("2025-03-03T20:00:00Z").await;
    whole
        .news(
            "Ledger",
            "Sorrel union denies it agreed to end strike",
            "No such deal was made, its secretary said.",
        )
        .await;
    for day in [4, 5, 6] {
        whole.set(&format!("2025-03-0{day}T09:00:00Z")).await;
        let title = format!("Ledger: Sorrel union calm on day {day} of the strike");
        whole.news("Ledger", &title, "All quiet at the gates.").await;
    }
    whole.set("2025-03-08T13:00:00Z").await;
    for n in 0..14 {
        whole.news(&format!("Paper{n}"), "Sorrel union elders recall the great strike", "").await;
    }
    whole.set("2025-03-08T14:00:00Z").await;
    whole.set("2025-03-09T09:00:00Z").await;
    whole.news("Courier", "Sorrel union holds a picnic amid strike", "There was cake.").await;
    whole.set("2025-03-12T14:00:00Z").await;
    expect![[r#"
        03 10:00:00 desk 1: harbour · new · Sorrel dockers grumble over a new union rule (provisional: Courier) · since 10:00 · storyline explain #4
        03 11:00:00 desk 2: harbour · confirmed · Sorrel dockers grumble over a new union rule (confirmed: Courier, Ledger) · since 10:00 · storyline explain #10
        03 12:00:00 desk 3: harbour · none → under way · Sorrel dockers walk out over pay (provisional: Courier) · since 12:00 · storyline explain #17
        03 15:00:00 desk 4: harbour · date 2025-03-06, place Geneva · Sorrel union and mayor to meet in Geneva on Thursday (provisional: Kestrel) · since 15:00 · storyline explain #25
        03 18:00:00 desk 5: harbour · date 2025-03-07 · Sorrel union agrees to end strike on Friday (provisional: Courier) · since 18:00 · storyline explain #32
        03 20:00:00 desk 6: harbour · disputed · Sorrel union denies it agreed to end strike (provisional: Ledger) · since 20:00 · storyline explain #38
        04 09:00:00 desk 7: harbour · new · Ledger: Sorrel union calm on day 4 of the strike (provisional: Ledger) · since 09:00 · storyline explain #43
        05 09:00:00 desk 8: harbour · new · Ledger: Sorrel union calm on day 5 of the strike (provisional: Ledger) · since 09:00 · storyline explain #48
        06 09:00:00 desk 9: harbour · new · Ledger: Sorrel union calm on day 6 of the strike (provisional: Ledger) · since 09:00 · storyline explain #53
        08 13:00:00 desk 10: harbour · overdue · Sorrel union and mayor to meet in Geneva on Thursday (provisional: Kestrel) · since 12:00 on 7 Mar 2025 · storyline explain #58
        08 13:00:00 desk 11: harbour · overdue · Sorrel union agrees to end strike on Friday (disputed: Courier) · since 12:00 · storyline explain #61
        08 13:00:00 desk 12: harbour · quiet · nothing in 24 hours, usually 3 reports · since 13:00 · storyline explain #64
        08 13:00:00 desk 13: harbour · new · Sorrel union elders recall the great strike (provisional: Paper0) · since 13:00 · storyline explain #73
        08 14:00:00 desk 14: harbour · surge · 14 reports in 24 hours, usually 2 · since 14:00 · storyline explain #91
        09 09:00:00 desk 15: harbour · new · Sorrel union holds a picnic amid strike (provisional: Courier) · since 09:00 · storyline explain #96
        12 14:00:00 desk 16: harbour · quiet · nothing in 24 hours, usually 4 reports · since 14:00 · storyline explain #101
    "#]].assert_eq(&whole.told());
    let lacks = |it: &&&str| !whole.told().contains(&format!("harbour · {it}"));
    let kinds = ["new", "confirmed", "disputed", "none → under way", "date", "overdue", "surge", "quiet"];
    assert_eq!(kinds.iter().filter(lacks).collect::<Vec<_>>(), Vec::<&&str>::new());
    whole.stop().await;
}

#[tokio::test]
async fn the_daemon_tells_of_its_own_health() {
    let mut whole = Whole::new(&format!("{HARBOUR}[feed.dead]\nurl = \"http://127.0.0.1:1/rss\"\n"));
    whole
        .sink("desk", vec![says("500 Oops"); 4], "retry = { first = \"1s\", max = \"1m\", give_up = \"1h\" }")
        .await;
    whole.sink("phone", Vec::<Reply>::new(), "min_severity = \"info\"").await;
    whole.start().await;
    whole.set("2025-03-03T10:00:30Z").await;
    // The order of the log shows: the feed fails first.
    let mut view = whole.handle().watch();
    drop(view.wait_for(|it| it.state.feeds.contains_key("dead")).await.unwrap());
    drop(view);
    whole.news("Courier", "Sorrel dockers walk out over pay", "Work stopped at dawn.").await;
    for minute in 1..5 {
        whole.set(&format!("2025-03-03T10:0{minute}:40Z")).await;
    }
    whole.set("2025-03-03T11:30:00Z").await;
    whole.set("2025-03-03T11:31:00Z").await;
    expect![[r#"
        03 10:00:30 desk 1: harbour · none → under way · Sorrel dockers walk out over pay (provisional: Courier) · since 10:00 · storyline explain #7
        03 10:00:30 phone 2: harbour · none → under way · Sorrel dockers walk out over pay (provisional: Courier) · since 10:00 · storyline explain #7
        03 10:01:40 desk 1: harbour · none → under way · Sorrel dockers walk out over pay (provisional: Courier) · since 10:00 · storyline explain #7
        03 10:02:40 desk 1: harbour · none → under way · Sorrel dockers walk out over pay (provisional: Courier) · since 10:00 · storyline explain #7
        03 10:02:40 phone 3: desk · sink failing · answered 500 Internal Server Error · since 10:00 · storyline explain #18
        03 10:03:40 desk 1: harbour · none → under way · Sorrel dockers walk out over pay (provisional: Courier) · since 10:00 · storyline explain #7
        03 10:04:40 desk 1: harbour · none → under way · Sorrel dockers walk out over pay (provisional: Courier) · since 10:00 · storyline explain #7
        03 11:30:00 phone 4: dead · feed failing · the address 127.0.0.1 is not public; name it in network.allow to reach it · since 10:00 · storyline explain #26
    "#]].assert_eq(&whole.told());
    assert!(whole.bodies_are_constant());
    whole.stop().await;
}
