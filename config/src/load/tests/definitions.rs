//! Mistakes of storylines, actors and places.

#![expect(clippy::too_many_lines, reason = "the findings are written out")]

use expect_test::expect;

use super::check;

#[test]
fn what_a_storyline_lacks_or_names_in_vain_is_told() {
    check(
        r#"[storyline.x]
title = "X"
parent = "y"
all = [["@trumpp"], [], ["..."], "talks"]
[storyline.x.phase]
sheduled = ["will meet on"]
announced = ["–", "@nope says"]
[storyline.x.alert]
on = ["new", "quite"]
min_origins = 0
confirm = { origins = 2 }
[storyline.z]
any = ["ukraine*n", "=US", "US", "ICE"]
[storyline.w]
title = "W"
all = []
phase.announced = ["announced"]
[storyline.v]
title = "V"
all = [["v"]]
languages.fi = { all = [["v*"]], non = ["w"] }
languages."(fi)".all = [["v*"]]
phase.announced = ["announced"]
"#,
        &expect![[r#"
            error: there is no storyline `y`
             --> a.toml:3:10
              |
            3 | parent = "y"
              |          ^^^
              |
              = help: name a [storyline.NAME] of this configuration

            error: there is no actor or place `@trumpp`
             --> a.toml:4:9
              |
            4 | all = [["@trumpp"], [], ["..."], "talks"]
              |         ^^^^^^^^^
              |
              = help: did you mean `@trump`?

            error: this facet is empty, so nothing could touch it
             --> a.toml:4:21
              |
            4 | all = [["@trumpp"], [], ["..."], "talks"]
              |                     ^^
              |
              = help: name at least one alias

            error: the alias "..." has no letter or digit to look for
             --> a.toml:4:26
              |
            4 | all = [["@trumpp"], [], ["..."], "talks"]
              |                          ^^^^^
              |
              = help: write the word to look for, or leave it out

            error: expected a list, found a text
             --> a.toml:4:34
              |
            4 | all = [["@trumpp"], [], ["..."], "talks"]
              |                                  ^^^^^^^
              |
              = help: put it in brackets: ["…"]

            error: unknown key `sheduled` in `phase` of storyline `x`
             --> a.toml:6:1
              |
            6 | sheduled = ["will meet on"]
              | ^^^^^^^^
              |
              = help: did you mean `scheduled`?

            error: the cue "–" has no letter or digit to look for
             --> a.toml:7:14
              |
            7 | announced = ["–", "@nope says"]
              |              ^^^

            warning: a cue is plain words: `@nope` is looked for as the word itself, no actor or place
             --> a.toml:7:19
              |
            7 | announced = ["–", "@nope says"]
              |                   ^^^^^^^^^^^^
              |
              = help: write the words reports use

            error: unknown value "quite"
             --> a.toml:9:14
              |
            9 | on = ["new", "quite"]
              |              ^^^^^^^
              |
              = help: did you mean `quiet`?

            error: 0 is not between 1 and 100
              --> a.toml:10:15
               |
            10 | min_origins = 0
               |               ^

            error: `confirm` of `alert` of storyline `x` has no `within`, which it needs
              --> a.toml:11:1
               |
            11 | confirm = { origins = 2 }
               | ^^^^^^^
               |
               = help: add it below the head of its table: within = …

            error: storyline `z` has no `title`, which it needs
              --> a.toml:12:12
               |
            12 | [storyline.z]
               |            ^
               |
               = help: add it below the head of its table: title = …

            error: storyline `z` has no `all`, which it needs
              --> a.toml:12:12
               |
            12 | [storyline.z]
               |            ^
               |
               = help: add it below the head of its table: all = …

            warning: storyline `z` has no cues, so its phase follows general words only
              --> a.toml:12:12
               |
            12 | [storyline.z]
               |            ^
               |
               = help: add a [storyline.….phase] table with a few cues, such as scheduled = ["will meet on"]

            warning: a star counts only as the last character of an alias
              --> a.toml:13:8
               |
            13 | any = ["ukraine*n", "=US", "US", "ICE"]
               |        ^^^^^^^^^^^
               |
               = help: write the forms out, or cut the alias at its star

            warning: case does not count here: `US` is found in "us" too
              --> a.toml:13:21
               |
            13 | any = ["ukraine*n", "=US", "US", "ICE"]
               |                     ^^^^^
               |
               = help: write "CASE:US", which is found in capitals only

            warning: case does not count here: `ICE` is found in "ice" too
              --> a.toml:13:34
               |
            13 | any = ["ukraine*n", "=US", "US", "ICE"]
               |                                  ^^^^^
               |
               = help: write "CASE:ICE", which is found in capitals only

            error: without a facet nothing could belong to this storyline
              --> a.toml:16:7
               |
            16 | all = []
               |       ^^
               |
               = help: name at least one: all = [["ukraine"], ["talks", "ceasefire"]]

            error: unknown key `non` in language `fi` of storyline `v`
              --> a.toml:21:34
               |
            21 | languages.fi = { all = [["v*"]], non = ["w"] }
               |                                  ^^^
               |
               = help: did you mean `none`?

            error: "(fi)" is no language; use its short code, for example "fi"
              --> a.toml:22:11
               |
            22 | languages."(fi)".all = [["v*"]]
               |           ^^^^^^"#]],
    );
}

#[test]
fn a_storyline_is_not_its_own_ancestor() {
    check(
        r#"[storyline.a]
title = "A"
parent = "b"
all = [["a"]]
phase.announced = ["announced"]
[storyline.b]
title = "B"
parent = "a"
all = [["b"]]
phase.announced = ["announced"]
"#,
        &expect![[r#"
            error: storyline `a` is its own ancestor
             --> a.toml:3:10
              |
            3 | parent = "b"
              |          ^^^
              |
              = help: leave out the `parent` of one of those in the circle

            error: storyline `b` is its own ancestor
             --> a.toml:8:10
              |
            8 | parent = "a"
              |          ^^^
              |
              = help: leave out the `parent` of one of those in the circle"#]],
    );
}

#[test]
fn actors_and_places_are_checked_too() {
    check(
        r#"[actor.own]
aliases = ["@putin", "own"]
[actor.riga]
name = "Riga"
aliases = []
[place.riga]
name = "Riga"
aliases = ["riga"]
languages = { latvian = ["rīg*"] }
"#,
        &expect![[r#"
            error: actor `own` has no `name`, which it needs
             --> a.toml:1:8
              |
            1 | [actor.own]
              |        ^^^
              |
              = help: add it below the head of its table: name = …

            error: an actor or a place does not name another
             --> a.toml:2:12
              |
            2 | aliases = ["@putin", "own"]
              |            ^^^^^^^^

            error: without an alias it could never be recognised
             --> a.toml:5:11
              |
            5 | aliases = []
              |           ^^
              |
              = help: name at least one: aliases = ["…"]

            error: `@riga` would name an actor and a place
             --> a.toml:6:8
              |
            6 | [place.riga]
              |        ^^^^
              |
              = help: the actor is in a.toml, line 3

            error: "latvian" is no language; use its short code, for example "fi"
             --> a.toml:9:15
              |
            9 | languages = { latvian = ["rīg*"] }
              |               ^^^^^^^"#]],
    );
}
