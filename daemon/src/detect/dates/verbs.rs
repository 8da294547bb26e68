//! What an English verb form says of the time.

use std::sync::LazyLock;

use super::lexicon::Lexicon;

/// What a form says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// "met", "said", "agreed".
    Past,
    /// A past form that may point ahead: "called to", "invited to", "arranged for".
    Directed,
    /// "opens", "travel": a present form that is no noun.
    Present,
    /// "vote", "strike": a verb after "to" or "will" only.
    Base,
    /// "will", "may", "could".
    Modal,
    /// "due", "scheduled", "expected".
    Plan,
    /// "says".
    Says,
    /// "accused": with "is" it tells of what has been.
    Stative,
    /// "dies", "crashes": headlines tell in the present what has been.
    Happens,
    /// "being": an auxiliary before a past form.
    Being,
    /// "is", "are", "be".
    Be,
    /// "was", "were".
    Was,
    /// "has", "have".
    Have,
    /// "to".
    To,
    /// "starting", "beginning", "from": what follows lies ahead.
    Starting,
}

// ----

/// What an English form says, in lower case.
pub(super) fn english(word: &str) -> Option<Verb> {
    ENGLISH.get(word).or_else(|| {
        let regular = word.len() > 4 && word.ends_with("ed") && NOT_PAST.get(word).is_none();
        regular.then_some(Verb::Past)
    })
}

/// Words in -ed that are no past form, or stand before a noun.
static NOT_PAST: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    Lexicon::new(&[(
        "advanced aged ahead ahmed alfred alleged armed assorted based beloved bleed breed cathed \
             centipede coed concerned creed crossbred deed detailed embed exceed feed greed hatred heed \
             hundred indeed infrared injured kindred limited mohammed muhammed naked need newlywed \
             proceed red reed related rugged sacred seed shed shred sled speed succeed supposed talented \
             ted united unmanned unprecedented wed weed wicked wounded",
        (),
    )])
});

/// Irregular past forms, auxiliaries, and present forms that are no nouns.
static ENGLISH: LazyLock<Lexicon<Verb>> = LazyLock::new(|| {
    Lexicon::new(&[
        ("being", Verb::Being),
        (
            "accused charged alleged believed suspected thought reported known wanted blamed convicted",
            Verb::Stative,
        ),
        (
            "dies kills crashes collapses injures wounds derails explodes erupts sinks plunges slams rocks jolts claims \
             tops wins beats loses",
            Verb::Happens,
        ),
        ("beat burst cost", Verb::Past),
        ("will would shall should could may might can must cannot wouldn couldn ll", Verb::Modal),
        (
            "said had did didn wasn weren ate became began bent bit blew bought broke brought built burnt \
             came caught clung crept cut dealt dove drank drew drove fell fed felt fled flew fought found \
             forbade froze gave got grew heard held hit hung hurt kept knew laid lay led left lent lit \
             lost made meant met oversaw overthrew paid put quit ran rang rode rose sang sank sat saw \
             sent shook shot shut slept sold sought spent split spoke spread stole stood struck stuck \
             stung swept swore swam swung taught thought threw took tore understood underwent upheld went \
             withdrew woke won wore wrote been done gone seen taken given written spoken broken chosen fallen \
             flown driven risen stolen sworn thrown withdrawn shown",
            Verb::Past,
        ),
        (
            "due scheduled slated expected poised likely supposed planned pencilled penciled earmarked \
             tipped bound hopes hope hoped hoping expects expect aims aim intends intend intended \
             planning preparing prepares prepare ready awaits await looms looming forthcoming upcoming \
             unlikely set",
            Verb::Plan,
        ),
        ("says say tells", Verb::Says),
        ("is are be am", Verb::Be),
        ("was were", Verb::Was),
        ("has have", Verb::Have),
        ("to", Verb::To),
        ("starting beginning effective", Verb::Starting),
        (
            "agreed announced arranged asked booked called decided delayed fixed invited moved offered \
             ordered pledged postponed prepared promised proposed rescheduled suggested summoned tabled \
             threatened timetabled told urged volunteered vowed wanted advised authorised authorized \
             instructed persuaded convinced chose",
            Verb::Directed,
        ),
        (
            "accepts adjourns airs appear appears arrive arrives attend attends become becomes begin \
             begins bring brings celebrates chairs closes come comes commemorates commences compete \
             competes conclude concludes convene convenes converge converges decides deliver delivers \
             depart departs descends embark embarks ends enters expires faces falls flies gather gathers \
             get gets give gives go goes greets hear hears heads hold holds host hosts implements \
             inaugurate inaugurates invites joins kicks lands launches leads leave leaves lies lifts make \
             makes marks meet meets moves opens performs plays posts preside presides presents publish \
             publishes reach reaches receive receives reconvene reconvenes remain remains reopen reopens \
             resign resigns resume resumes retires returns rules runs sails sees send sends sets shuts \
             sign signs sit sits speak speaks stages stands starts stays steps submit submits swears take \
             takes testify testifies travel travels unveil unveils visits votes welcomes wins write \
             writes fly do does",
            Verb::Present,
        ),
        (
            "accept address adopt air appeal apply approve arrest ask assess attack ban block board \
             boycott brief build buy call campaign cancel cast chair challenge change charge choose close \
             collect complete confer confirm consider continue deal debate decide declare defend deploy \
             discuss dock elect end enter evacuate examine expand expire explain extend face fight file \
             find finish form free fulfil hand head help honour impose increase inspect introduce invade \
             investigate invite issue join keep kick land launch lead lift lower march mark move \
             negotiate nominate offer open order pass pay play plead present press probe produce promote \
             propose protest qualify question race raise ratify read rejoin release repeal replace report \
             request rescue restart restore restrict retire return reveal review ring rise rule run sail \
             save see seek sell sentence serve settle show stage stand start stay step stop strike sue \
             support surrender suspend swear talk tell test tour trade try turn unite update vote wait \
             walk watch win withdraw work",
            Verb::Base,
        ),
    ])
});
