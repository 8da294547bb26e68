//! What is found in articles on many subjects; where the rules fail, the test says so.

use std::collections::BTreeMap;

use storyline_config::{Config, Phase};

use super::{Article, ArticleError, Draft, draft};

fn drafted(source: &str) -> Draft {
    let known = Config::builtin().config;
    draft(&Article::read(source).unwrap(), &known.actors, &known.places, &known.feeds)
}

macro_rules! article {
    ($name:literal) => {
        drafted(include_str!(concat!("articles/", $name)))
    };
}

/// A line per storyline: its id, its facets' first aliases, and the days it expects.
fn outline(draft: &Draft) -> String {
    let mut out = String::new();
    for it in &draft.storylines {
        let facets: Vec<String> = it
            .all
            .iter()
            .map(|facet| {
                format!(
                    "{}={}",
                    facet.about,
                    facet.aliases.iter().take(4).cloned().collect::<Vec<_>>().join(" ")
                )
            })
            .collect();
        let days: Vec<&str> = it.expected.iter().map(|it| it.value.as_deref().unwrap_or("vague")).collect();
        out.push_str(&format!("{} | {} | {} | {}\n", it.id, it.title, facets.join("; "), days.join(" ")));
    }
    for it in draft.actors.iter().chain(&draft.places) {
        out.push_str(&format!("  + {} {:?} {}\n", it.key, it.aliases, it.role.as_deref().unwrap_or("")));
    }
    if let Some(credit) = &draft.credit {
        out.push_str(&format!("  credit {}\n", credit.text));
    }
    out
}

#[test]
fn show() {
    for a in [
        article!("talks.txt"),
        article!("trial.txt"),
        article!("strike.txt"),
        article!("merger.txt"),
        article!("storm.txt"),
        article!("election.txt"),
        article!("launch.txt"),
        article!("quake.txt"),
        article!("summit.txt"),
        article!("budget.txt"),
        article!("swap.txt"),
        article!("outbreak.txt"),
        article!("final.txt"),
        article!("page.html"),
    ] {
        eprintln!("{}\n{}", a.headline, outline(&a));
        let text = a.to_toml();
        if let Err(e) = Config::parse("draft.toml", &text) {
            eprintln!("{e}\n{text}")
        }
    }
}
