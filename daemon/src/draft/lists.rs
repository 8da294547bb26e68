//! Word lists of the rules: roles, kinds of names, words that are none.

/// Titles and roles that stand before a person's name, in lower case.
pub(super) const ROLES: &str = "\
    actor actress administrator admiral adviser advisor ambassador analyst archbishop astronaut attorney \
    author banker baroness billionaire bishop boss candidate captain cardinal ceo chairman chairwoman \
    chair challenger champion chancellor chief coach colonel commander commissioner congressman \
    congresswoman councillor count critic defendant defence defense deputy designer detective diplomat \
    director doctor dr duke economist editor emperor engineer envoy executive expert farmer father \
    federal financier first forecaster foreign former founder general goalkeeper governor inspector \
    interior investor journalist judge justice king lady lawmaker lawyer leader lieutenant lord \
    magistrate major manager marshal mayor meteorologist midfielder minister miss monsignor mp mr mrs ms \
    negotiator nurse officer official opposition organiser owner partner party pastor pilot player \
    police pope premier president presidential presenter prime prince princess producer professor \
    prosecutor queen rabbi rebel researcher runner scientist secretary senator sergeant sheriff singer \
    sir spokesman spokesperson spokeswoman state striker sultan surgeon teacher treasury union vice \
    victim volunteer widow winner witness writer";

/// Words that make a name that of a body.
pub(super) const BODIES: &str = "\
    academy administration agency air airlines airways alliance army assembly association authority bank \
    board bureau cabinet centre center chamber church clinic club college commission committee company \
    congress consortium corp corporation council court department directorate electric energy executive \
    exchange federation fire firm foods force foundation front fund group guard guild hospital house inc \
    industries institute laboratory labs league lines ltd media metals mining ministry motors movement museum navy network \
    office oil organisation organization parliament party pharma plc police rail railway railways school \
    senate service services shipping society solutions space steel syndicate systems team telecom theatre \
    tribunal trust union united university watch works";

/// Words that make a name that of a place.
pub(super) const GROUNDS: &str = "\
    airport archipelago arena bay beach borough bridge canyon cape coast county creek delta desert \
    district falls forest gulf harbour harbor heights hill hills island islands isle lake mount \
    mountains ocean palace park peninsula plaza point port province region reservoir river road sea \
    square stadium strait street valley village";

/// Words that make a name that of an event, a storm or a law.
pub(super) const OCCASIONS: &str = "\
    act agreement bill biennale championship championships conference congress convention cup cyclone \
    derby expo fair festival final forum games hurricane marathon mission olympics open operation prize \
    race referendum storm summit tour treaty trial tournament typhoon";

/// Words that stand first in a sentence and are no names.
pub(super) const PLAIN: &str = "\
    a about above according across after again against ahead all almost along already also although \
    among an and another any around as asked at back because before behind below between both but by can \
    could despite dozens during each early eight eighteen eighty either eleven even every few fifteen fifty five for \
    forty four fourteen from further had \
    has have he her here his how however i if in including instead into is it its just last late later \
    less like many meanwhile more most mps much my nearly neither new next nine nineteen ninety no nobody none nor not \
    nothing now of off on once one only or other others our out outside over scores seven seventeen seventy several \
    she since six sixteen sixty \
    so some soon still such ten than that the their them then there these they thirteen thirty this those though three \
    through to today together tomorrow twelve twenty two under unless until up us was we were what when where whether \
    which while who why will with within without would yes yesterday yet you your";

/// Common nouns that begin a sentence, where their capital tells nothing.
pub(super) const OPENERS: &str = "\
    airlines critics defending double earlier engineers experts faulty forecasters former hours hundreds leaders local members millions officials \
    organisers organizers people police polls prosecutors regulators reigning rescuers residents shares thieves thousands triple union \
    unions voters workers";

/// Words before a name that is a company's.
pub(super) const FIRMS: &str = "\
    airline bank brand broadcaster carmaker carrier chain charity chipmaker company firm giant insurer \
    lender maker newspaper operator producer publisher retailer rival start-up subsidiary supplier unit";

/// Last words that may be left out of a company's or a club's name.
pub(super) const SUFFIXES: &str = "\
    airlines airways athletic bank city corp energy fc group holdings inc industries labs ltd media \
    motors oil pharma plc rail rangers rovers steel systems telecom town united wanderers";

/// Adjectives of peoples that no ending tells.
pub(super) const PEOPLES: &str = "\
    afghan american arab argentine basque bengali catalan communist communists czech dutch filipino french german greek iraqi \
    islamist islamists israeli kurdish kuwaiti maoist maoists mexican norwegian olympic pakistani palestinian qatari saudi slovak swiss syrian \
    thai welsh yemeni";

/// Days and months, which begin with a capital.
pub(super) const CALENDAR: &str = "\
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july \
    august september october november december jan feb mar apr jun jul aug sep sept oct nov dec \
    gmt utc est christmas easter ramadan";

/// News agencies, as texts credit them.
pub(super) const AGENCIES: &[&str] = &[
    "AFP",
    "AP",
    "ANSA",
    "Agence France-Presse",
    "Associated Press",
    "Bloomberg",
    "Interfax",
    "Kyodo",
    "PA Media",
    "Reuters",
    "TASS",
    "Ukrinform",
    "Xinhua",
    "dpa",
    "EFE",
];

/// Whether a list, its words parted by blanks, holds a word.
pub(super) fn has(list: &str, word: &str) -> bool {
    list.split(' ').any(|it| it == word)
}
