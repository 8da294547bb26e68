//! Whether a storyline's rule lets a development out yet.

use jiff::Timestamp;
use storyline_config::AlertRule;
use storyline_store::{AlertId, Development, DevelopmentState, Relation, State};

/// Whether people may hear of `development` now; what may not waits.
pub(super) fn lets_out(rule: &AlertRule, state: &State, it: &Development, now: Timestamp) -> bool {
    let alert = AlertId::of_development(it.id);
    // Whoever was told once is told how it goes on.
    if state.alerts.contains_key(&alert) {
        return true;
    }
    let origins = origins(it);
    if origins < rule.min_origins {
        return false;
    }
    let Some(confirm) = rule.confirm else { return true };
    let held = it.relation == Relation::New
        && it.state == DevelopmentState::Provisional
        && origins < confirm.origins;
    let since = state.waiting.get(&alert);
    !held || since.is_some_and(|since| later(*since, confirm.within) <= now)
}

/// How many origins stand behind a development; two that mostly reuse another's text count as one.
pub(super) fn origins(it: &Development) -> u32 {
    let halves: usize = it.origins.iter().map(|it| if it.half { 1 } else { 2 }).sum();
    // Whoever alone says something new says it, however much of the rest is another's.
    let whole = if halves == 1 { 1 } else { halves / 2 };
    u32::try_from(whole).unwrap_or(u32::MAX)
}

/// The moment a span later, or the last there is.
pub(super) fn later(from: Timestamp, span: std::time::Duration) -> Timestamp {
    from.checked_add(span).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use storyline_store::{DevelopmentId, DevelopmentOrigin, Seq};

    use super::*;

    #[test]
    fn two_copies_count_as_one_origin_and_so_does_a_lone_one() {
        let check = |halves: &[bool], want| {
            let origin = |half: &bool| DevelopmentOrigin { name: String::new(), half: *half };
            let origins: Vec<_> = halves.iter().map(origin).collect();
            let it = Development {
                id: DevelopmentId(1),
                seq: Seq(1),
                headline: String::new(),
                at: Timestamp::UNIX_EPOCH,
                state: DevelopmentState::Provisional,
                relation: Relation::New,
                disputes: None,
                disputed_by: None,
                origins,
                reports: Vec::new(),
                reports_ever: 0,
                dropped: false,
            };
            assert_eq!(super::origins(&it), want, "{halves:?}");
        };
        let (whole, half) = (false, true);
        check(&[], 0);
        check(&[half], 1);
        check(&[half, half], 1);
        check(&[whole], 1);
        check(&[whole, half], 1);
        check(&[whole, half, half], 2);
        check(&[whole, whole], 2);
    }
}
