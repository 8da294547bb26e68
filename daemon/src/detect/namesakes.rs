//! Shipped names in other languages: every form of them is found, and no common word that begins or sounds like one.

use storyline_config::Config;

use super::{Definitions, Memory, judge};
use crate::testing::item;

/// Whether a headline in a language names an actor or a place that is shipped.
fn names(pack: &str, lang: &str, title: &str) -> bool {
    let text = format!(
        "[storyline.one]\ntitle = \"One\"\nall = [[\"@{pack}\"]]\n[storyline.one.languages.{lang}]\nall = [[\"@{pack}\"]]\n"
    );
    let definitions = Definitions::compile(&Config::parse("storyline.toml", &text).unwrap().config);
    let at = "2025-02-10T06:00:00Z".parse().unwrap();
    let item = storyline_store::Item { lang: Some(lang.to_owned()), ..item("paper", "1", title, "", at) };
    !judge(&definitions, &Memory::default(), &item, at).is_empty()
}

#[test]
fn a_shipped_name_is_told_from_the_words_that_only_look_like_it() {
    let check = |pack: &str, lang: &str, found: &[&str], not: &[&str]| {
        for title in found {
            assert!(names(pack, lang, title), "{pack} in {lang}: {title}");
        }
        for title in not {
            assert!(!names(pack, lang, title), "{pack} in {lang}: {title}");
        }
    };
    // Kilograms, Tuscany and a trampoline.
    check(
        "kellogg",
        "ar",
        &["كيلوغ يصل إلى كييف", "لقاء مع كيلوغ"],
        &["سرقة مئة كيلوغرام من الذهب", "خمسون كيلوجراما"],
    );
    check("tusk", "ar", &["توسك يزور لندن"], &["حرائق في توسكانا"]);
    check(
        "trump",
        "ar",
        &["ترامب يلتقي الصحفيين", "خطاب لترامب", "قال الرئيس الأمريكي"],
        &["بطولة الترامبولين"],
    );
    // A grandmother.
    check("jeddah", "ar", &["محادثات في جدة", "وصل إلى جدة"], &["جدة تحتفل بعيد ميلادها المئة"]);
    check("rutte", "ar", &["مارك روته يحذر"], &["قصة روته الجدة"]);
    // A pope, a raw egg, orphans, a star, an operator of telephones.
    check("france", "ru", &["Переговоры во Франции", "Французский министр"], &["Папа Франциск в больнице"]);
    check("france", "uk", &["Зустріч у Франції", "Французький міністр"], &["Папа Франциск у лікарні"]);
    check(
        "syria",
        "uk",
        &["Війна в Сирії", "Сирійські біженці"],
        &["Не їжте сирі яйця", "Сирітський будинок зачинено"],
    );
    check("syria", "ru", &["Удар по Сирии", "Сирийская армия"], &["Смена в лагере Сириус"]);
    check("kyiv", "uk", &["Київ чекає", "У Києві дощ", "Київська влада"], &["Збій у мережі Київстар"]);
    check("kyiv", "ru", &["Киев ждёт", "В Киеве дождь", "Киевские власти"], &["Сбой в сети Киевстар"]);
    check("oval-office", "ru", &["Встреча в Овальном кабинете"], &["Овальный стол и стулья"]);
    check("oval-office", "uk", &["Зустріч в Овальному кабінеті"], &["Овальний стіл і стільці"]);
    // Namesakes whose names only begin alike, and a maker of helicopters.
    check("vance", "ru", &["Вэнс в Мюнхене", "Слова Вэнса"], &["Венсан Кассель снимается"]);
    check("vance", "uk", &["Промова Венса"], &["Венсан Кассель знімається"]);
    check("yermak", "ru", &["Встреча с Ермаком"], &["Ермаков выиграл турнир"]);
    check("yermak", "fi", &["Jermakin matka"], &[]);
    check("zakharova", "ru", &["Захарова ответила", "Слова Захаровой"], &["Боксёр Захаров победил"]);
    check("sikorski", "uk", &["Радослав Сікорський у Варшаві"], &["Студенти КПІ імені Сікорського"]);
    // Orphans, and half of something.
    check(
        "orpo",
        "fi",
        &["Pääministeri Orpo puhui", "Orpon hallitus"],
        &["Orvon tarina", "Orpokoti suljettiin"],
    );
    check(
        "poland",
        "fi",
        &["Puola varautuu", "Puolan armeija", "Puolassa sataa", "Puolalaiset lähtevät"],
        &["Puolet äänistä laskettu", "Toinen puoli"],
    );
}
