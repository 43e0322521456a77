//! What people declared and what could not be looked at: documents about flows, waivers and coverage gaps.

use jiff::Span;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::context::Context;
use super::document::{Derived, Fact, Subject, Unknown};
use crate::config::{End, Waiver, WaiverFault};
use crate::finding::Location;
use crate::model::{Gap, GapReason, Origin, Place, Spot};
use crate::zone::Border;

/// Documents about declared flows.
pub(super) const FLOW: &str = "declared-flow";
/// Documents about coverage gaps.
pub(super) const GAP: &str = "gap";
/// Documents about waivers, which can be made only when it is known what they waived.
pub const WAIVER: &str = "waiver";

/// PCI DSS v4.0.1, 1.2.7: configurations of network security controls are reviewed at least once every six months.
const REVIEW_MONTHS: i64 = 6;

/// A declared flow on the day of the run.
#[derive(Serialize, JsonSchema)]
pub(super) struct DeclaredFlow {
    /// Who answers for it.
    owner: String,
    /// The last day on which it counts, `YYYY-MM-DD`.
    expires: String,
    /// Whether that day is over: it approves nothing.
    expired: bool,
    /// When somebody last looked at it: its review, else its approval.
    looked_at: String,
    /// Whether that is longer ago than six months.
    review_due: bool,
}

/// A waiver, after waivers were applied.
#[derive(Serialize, JsonSchema)]
pub(super) struct WaiverFact {
    /// The rules that it is about.
    rules: Vec<String>,
    /// What else it is about, `account=111122223333 asset=sg-1`.
    scope: String,
    /// Who answers for it.
    owner: String,
    /// The last day on which it counts, `YYYY-MM-DD`.
    expires: String,
    /// Whether that day is over: it waives nothing.
    expired: bool,
    /// How many violations it covers.
    matched: usize,
    /// Whether its owner approved it: it waives nothing.
    self_approved: bool,
    /// Whether it names a rule and nothing else, or no rule: it waives nothing.
    no_scope: bool,
}

/// A coverage gap.
#[derive(Serialize, JsonSchema)]
pub(super) struct GapFact {
    /// What was not looked at.
    what: String,
    /// Why.
    reason: GapReason,
    /// What was found and what was expected.
    detail: String,
    /// Whether an entry of `accepted-unknowns` that is in force covers it.
    accepted: bool,
    /// When an acceptance that covered it expired, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    acceptance_expired: Option<String>,
}

/// The documents of all declared flows.
pub(super) fn flows(context: &Context<'_>) -> Vec<Fact> {
    let flow = |flow: &crate::config::Flow| {
        let made = DeclaredFlow {
            owner: flow.owner.clone(),
            expires: flow.expires.to_string(),
            expired: !flow.counts_on(context.day),
            looked_at: flow.looked_at().to_string(),
            review_due: is_due(flow.looked_at(), context.day),
        };
        let subject = subject(&flow.id, at(context, flow.spot), guarded(context, flow));
        super::subject(FLOW, subject, Derived::DeclaredFlow(Box::new(made)), Unknown::default())
    };
    context.config.flows.iter().map(flow).collect()
}

fn is_due(looked_at: Date, day: Date) -> bool {
    // a date past the calendar's end is far from due
    looked_at.checked_add(Span::new().months(REVIEW_MONTHS)).is_ok_and(|due| due < day)
}

/// A flow is as grave as the more guarded of its ends.
pub(super) fn guarded(context: &Context<'_>, flow: &crate::config::Flow) -> Border {
    let ends = [border(context, &flow.from), border(context, &flow.to)];
    ends.into_iter().min_by_key(|border| border.category.guard()).unwrap_or_else(Border::unclassified)
}

fn border(context: &Context<'_>, end: &End) -> Border {
    let End::Where { zone: Some(zone), environment, .. } = end else { return Border::unclassified() };
    let category = context.config.category(Some(zone));
    Border { zone: zone.as_str().into(), environment: environment.as_deref().map(Into::into), category }
}

/// The documents of all waivers; `matched` says of each how many violations it covers.
pub fn waivers(context: &Context<'_>, matched: &[usize]) -> Vec<Fact> {
    let waiver = |(at_index, waiver): (usize, &Waiver)| {
        let made = WaiverFact {
            rules: waiver.rule.clone(),
            scope: waiver.about(),
            owner: waiver.owner.clone(),
            expires: waiver.expires.to_string(),
            expired: context.day > waiver.expires,
            matched: matched.get(at_index).copied().unwrap_or_default(),
            self_approved: waiver.fault == Some(WaiverFault::OwnerApproves),
            no_scope: waiver.fault == Some(WaiverFault::NoScope),
        };
        let id = format!("{} {}", waiver.rule.join(","), waiver.about());
        let subject = subject(id.trim_end(), at(context, waiver.spot), Border::unclassified());
        super::subject(WAIVER, subject, Derived::Waiver(Box::new(made)), Unknown::default())
    };
    context.config.waivers.iter().enumerate().map(waiver).collect()
}

/// The documents of all coverage gaps.
pub(super) fn gaps(context: &Context<'_>) -> Vec<Fact> {
    let gap = |gap: &Gap| {
        let all = context.config.accepted_unknowns.iter();
        let expired = all.filter(|accepted| accepted.expires < context.day && accepted.is_about_gap(&gap.what));
        let made = GapFact {
            what: gap.what.clone(),
            reason: gap.reason,
            detail: gap.detail.clone(),
            accepted: context.config.accepts_gap(&gap.what, context.day).is_some(),
            acceptance_expired: expired.map(|accepted| accepted.expires).max().map(|day| day.to_string()),
        };
        let subject = subject(&gap.id(), location(context, gap), Border::unclassified());
        super::subject(GAP, subject, Derived::Gap(Box::new(made)), Unknown::default())
    };
    context.inventory.coverage.gaps.iter().map(gap).collect()
}

/// Where a gap is: in the file that it names, at the asset that it names, else where the configuration says what is
/// expected.
fn location(context: &Context<'_>, gap: &Gap) -> Location {
    let Spot { line, column } = gap.at.unwrap_or(Spot { line: 1, column: 1 });
    let named = context.inventory.any(&gap.what).map(|asset| &asset.origin);
    match (gap.reason, named) {
        (GapReason::Conflict | GapReason::NotCollected, Some(Origin::File { file, line, column, .. })) => {
            Location::File { file: file.to_string(), line: *line, column: *column }
        }
        (GapReason::Conflict | GapReason::NotCollected, _) => match &context.config.file {
            Some(_) => at(context, context.config.expect.spot.unwrap_or(Spot { line: 1, column: 1 })),
            None => Location::Arn { arn: gap.what.clone() },
        },
        _ => Location::File { file: gap.what.clone(), line, column },
    }
}

pub(super) fn at(context: &Context<'_>, spot: Spot) -> Location {
    let (file, Spot { line, column }) = context.config.locate(spot);
    Location::File { file: file.to_owned(), line, column }
}

/// A subject whose own words are all in what is derived.
pub(super) fn subject(id: &str, location: Location, border: Border) -> Subject {
    let body = RawValue::from_string("{}".to_owned()).unwrap_or_else(|_| RawValue::NULL.to_owned());
    Subject { id: id.into(), location, place: Place::default(), border, body, witness: vec![] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_is_due_the_day_after_six_months() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert!(!is_due(day("2026-05-20"), day("2026-11-20")));
        assert!(is_due(day("2026-05-19"), day("2026-11-20")));
        assert!(!is_due(day("2026-08-31"), day("2027-02-28")), "the last day of a shorter month");
        assert!(!is_due(day("9999-12-31"), day("2026-11-20")));
    }
}
