//! What verb forms of the other languages say: a short list, then the endings.

use std::sync::LazyLock;

use super::{lexicon::Lexicon, verbs::Verb};

fn ends(word: &str, endings: &[&str]) -> bool {
    endings.iter().any(|it| word.ends_with(it))
}

/// What a German form says; the second part of a perfect counts as past.
pub(super) fn german(word: &str) -> Option<Verb> {
    GERMAN_VERBS.get(word).or_else(|| {
        let long = word.chars().count() > 5;
        let participle = word.starts_with("ge") && ends(word, &["t", "en"]);
        (long && (participle || ends(word, &["te", "ten"]))).then_some(Verb::Past)
    })
}

/// What a French form says.
pub(super) fn french(word: &str) -> Option<Verb> {
    FRENCH_VERBS.get(word).or_else(|| {
        let long = word.chars().count() > 4;
        if long && ends(word, &["era", "ira", "dra", "tra", "ront", "rait", "raient"]) && word != "caméra" {
            return Some(Verb::Modal);
        }
        let noun = ends(word, &["ité", "erté", "iété", "auté", "ités", "côté"]);
        (long && !noun && ends(word, &["é", "ée", "és", "ées"])).then_some(Verb::Past)
    })
}

/// Nouns that end as a past form does.
const RUSSIAN_NOUNS: &[&str] =
    &["генерал", "канал", "сигнал", "журнал", "материал", "капитал", "персонал", "финал", "школа"];

/// What a Russian form says.
pub(super) fn russian(word: &str) -> Option<Verb> {
    RUSSIAN_VERBS.get(word).or_else(|| {
        let past = ends(word, &["л", "ла", "ло", "ли", "лся", "лась", "лось", "лись"]);
        (past && word.chars().count() > 3 && !RUSSIAN_NOUNS.contains(&word)).then_some(Verb::Past)
    })
}

/// What a Ukrainian form says.
pub(super) fn ukrainian(word: &str) -> Option<Verb> {
    UKRAINIAN_VERBS.get(word).or_else(|| {
        let past = ends(word, &["ав", "ив", "ла", "ло", "ли", "вся", "лася", "лося", "лися"]);
        (past && word.chars().count() > 3).then_some(Verb::Past)
    })
}

/// What a Finnish form says.
pub(super) fn finnish(word: &str) -> Option<Verb> {
    FINNISH_VERBS.get(word).or_else(|| word.ends_with("ivat").then_some(Verb::Past))
}

/// German forms the endings do not tell.
static GERMAN_VERBS: LazyLock<Lexicon<Verb>> = LazyLock::new(|| {
    Lexicon::new(&[
        (
            "wird werden soll sollen sollte sollten will wollen kann können könnte könnten muss müssen \
             dürfte dürften möchte würde würden",
            Verb::Modal,
        ),
        ("geplant erwartet vorgesehen angesetzt fällig voraussichtlich", Verb::Plan),
        (
            "war waren hat haben hatte hatten wurde wurden worden traf trafen ging gingen kam kamen gab \
             gaben sprach sprachen begann begannen fand fanden nahm nahmen starb starben ließ hielt \
             hielten schloss trat traten rief riefen flog flogen fuhr fuhren schrieb schlug brach stieg \
             stimmten",
            Verb::Past,
        ),
    ])
});

/// French forms the endings do not tell.
static FRENCH_VERBS: LazyLock<Lexicon<Verb>> = LazyLock::new(|| {
    Lexicon::new(&[
        ("doit doivent devrait devraient va vont pourrait pourraient peut peuvent veut veulent", Verb::Modal),
        (
            "prévu prévue prévus prévues attendu attendue attendus attendues programmé programmée fixé \
             fixée",
            Verb::Plan,
        ),
        (
            "ont avait avaient était étaient fut furent tenu tenue tenus réuni réunis réunie rendu rendue \
             rendus mort morte pris mis dit fait reçu reçus joint joints convenu parvenu venu venus",
            Verb::Past,
        ),
        ("être", Verb::Be),
    ])
});

/// Russian forms the endings do not tell.
static RUSSIAN_VERBS: LazyLock<Lexicon<Verb>> = LazyLock::new(|| {
    Lexicon::new(&[
        ("будет будут может могут должен должна должны", Verb::Modal),
        (
            "намерен намерена намерены планирует планируют ожидается ожидаются запланирован запланирована \
             запланировано запланированы назначен назначена назначено назначены намечен намечена намечены",
            Verb::Plan,
        ),
        (
            "вынес умер погиб принес принёс привез привёз достиг возник исчез спас вырос рос нанес нанёс \
             ввез произнес произнёс избежал",
            Verb::Past,
        ),
    ])
});

/// Ukrainian forms the endings do not tell.
static UKRAINIAN_VERBS: LazyLock<Lexicon<Verb>> = LazyLock::new(|| {
    Lexicon::new(&[
        ("буде будуть може можуть має мають повинен", Verb::Modal),
        ("планує планують очікується заплановано заплановані призначено", Verb::Plan),
    ])
});

/// Finnish forms the endings do not tell.
static FINNISH_VERBS: LazyLock<Lexicon<Verb>> = LazyLock::new(|| {
    Lexicon::new(&[
        (
            "tapasi sanoi kertoi oli alkoi päättyi kuoli saapui ilmoitti hyväksyi allekirjoitti vahvisti \
             pidätettiin tuomittiin julkaisi vieraili järjestettiin pidettiin",
            Verb::Past,
        ),
        ("voi voivat aikoo aikovat pitäisi saattaa", Verb::Modal),
    ])
});
