//! What a draft finds that nobody edited: headlines of its story, and others that share its words.

use jiff::Timestamp;
use storyline_config::Config;

use super::drafted;
use crate::{
    detect::{Definitions, Memory, judge},
    testing::item,
};

type Headlines = [&'static str; 5];

const STORIES: &[(&str, Headlines, Headlines)] = &[
    (
        include_str!("../articles/lender.txt"),
        [
            "Castle Valley Bank customers queue for their money after collapse",
            "Depositors of failed Castle Valley to be paid in full, regulator says",
            "Rival lender agrees to buy Castle Valley's loans",
            "Ex-boss of Castle Valley Bank questioned by senators",
            "Castle Valley failure: FDIC begins auction of lender's assets",
        ],
        [
            "River floods castle in valley",
            "Regulators fine Meridian Bank over money laundering",
            "Castle Valley High School wins state basketball title",
            "Bank of England holds rates",
            "Run on petrol stations after storm",
        ],
    ),
    (
        include_str!("../articles/chess.txt"),
        [
            "Varga beats Okonjo in game seven to take the lead",
            "Okonjo hits back with black to level world chess match",
            "Rest day in Reykjavik as chess title match goes to game eleven",
            "Okonjo is world chess champion after rapid games",
            "Champion Varga complains about noise in playing hall",
        ],
        [
            "Varga's government survives confidence vote in Budapest",
            "Okonjo appointed finance minister in Abuja",
            "Chess club in Leeds celebrates 100 years",
            "Reykjavik volcano: flights resume",
            "World title fight: Mendez stops Cole in sixth",
        ],
    ),
    (
        include_str!("../articles/dam.txt"),
        [
            "Toluk says Baral Dam will be half full by autumn",
            "Marenia takes dam dispute to UN Security Council",
            "Engineers of Marenia and Toluk meet over Baral river flow",
            "Toluk and Marenia sign deal on water release from dam",
            "Marenia warns Toluk of 'all options' over filling of reservoir",
        ],
        [
            "Marenia beat Toluk 2-1 in Africa Cup qualifier",
            "Dam in Brazil declared safe after repairs",
            "Toluk opens new airport",
            "Marenia's president visits Paris",
            "Farmers in Kansas pray for rain as reservoir dries up",
        ],
    ),
    (
        include_str!("../articles/outage.txt"),
        [
            "Nordlock boss apologises for update that crashed computers",
            "Airlines count cost of Nordlock outage",
            "Flights back to normal after software failure, airports say",
            "Commission opens inquiry into Nordlock",
            "Supermarkets sue Nordlock over faulty update",
        ],
        [
            "Airlines cancel flights as storm nears Ireland",
            "Power outage hits southern Spain",
            "Software company Orbix lays off 400",
            "Nordlock sponsors Stockholm marathon",
            "Faulty brakes: carmaker recalls 30,000 vans",
        ],
    ),
    (
        include_str!("../articles/theft.txt"),
        [
            "Police arrest two men over theft of gold bowls from Aarhus museum",
            "One of six stolen bronze age bowls found in Hamburg",
            "Moesgaard Museum reopens without its gold",
            "Museum director in Aarhus resigns after break-in",
            "White van used in Moesgaard theft found burnt out",
        ],
        [
            "Gold price hits record",
            "Aarhus votes for new mayor",
            "Museum in Malmö shows bronze age ships",
            "Thieves steal copper cables from railway in Jutland",
            "Denmark wins gold in handball",
        ],
    ),
    (
        include_str!("../articles/doping.txt"),
        [
            "Brandt's B sample confirms steroid, federation says",
            "Swimmer Brandt banned for four years",
            "Ilse Brandt appeals to sports court against doping ban",
            "Brandt stripped of world titles",
            "Laboratory admits mixing up samples in Brandt case",
        ],
        [
            "Brandt Industries tests hydrogen engine",
            "Swimming: Olympic champion Chen retires",
            "Ilse Brandt to open exhibition of glass",
            "Cyclist fails drug test at Tour",
            "Austrian skier suspended for missing tests",
        ],
    ),
];

/// How many of some headlines belong to a drafted definition.
fn found(definitions: &Definitions, headlines: &Headlines) -> usize {
    let at: Timestamp = "2026-08-06T09:00:00Z".parse().unwrap();
    let belongs = |title: &&&str| {
        let item = item("paper", title, title, "", at);
        !judge(definitions, &Memory::default(), &item, at).is_empty()
    };
    headlines.iter().filter(belongs).count()
}

#[test]
fn an_unedited_draft_finds_most_of_its_story_and_little_else() {
    let mut told = Vec::new();
    for (article, own, others) in STORIES {
        let draft = drafted(article);
        let config = Config::parse("draft.toml", &draft.to_toml()).unwrap().config;
        let definitions = Definitions::compile(&config);
        let id = draft.storylines.first().map(|it| it.id.clone()).unwrap_or_default();
        told.push(format!("{id} {}/{}", found(&definitions, own), found(&definitions, others)));
    }
    // "Flights back to normal" names nobody, nor does "One of six stolen bowls"; "Brandt Industries" is a namesake.
    assert_eq!(
        told,
        [
            "failure-bank-corporation 5/0",
            "match-okonjo-varga 4/0",
            "dispute-marenia-toluk 5/1",
            "outage-nordlock 4/0",
            "theft-aarhus 2/0",
            "doping-ilse-brandt 5/1",
        ]
    );
}
