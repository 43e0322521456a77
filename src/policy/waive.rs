//! Waivers and accepted unknowns, once findings are there.
//!
//! Both only mark: a finding stays what it is, in every report of what was found. A waiver covers violations; an
//! acceptance covers what is undetermined. Errors of rules and findings about waivers themselves are covered by neither.

use jiff::civil::Date;

use super::facts;
use crate::config::{Config, Waiver, any_fits};
use crate::finding::{Accepted, Finding, Outcome, Waived};
use crate::model::{Spot, short_of};

/// Marks what is waived or accepted. Gives for each waiver of the configuration how many violations it covers; of
/// several that cover one the first is named.
pub(super) fn apply(findings: &mut [Finding], config: &Config, day: Date) -> Vec<usize> {
    let mut matched = vec![0; config.waivers.len()];
    for finding in findings.iter_mut().filter(|finding| finding.kind != facts::WAIVER) {
        match finding.outcome {
            Outcome::Violation => {
                for (waiver, count) in config.waivers.iter().zip(&mut matched) {
                    if waiver.counts_on(day) && covers(waiver, finding) {
                        *count += 1;
                        finding.waiver.get_or_insert_with(|| waived(waiver, config));
                    }
                }
            }
            Outcome::Undetermined => {
                finding.accepted = config.accepts(&finding.rule, &finding.asset, day).map(|accepted| Accepted {
                    owner: accepted.owner.clone(),
                    reason: accepted.reason.clone(),
                    expires: accepted.expires.to_string(),
                });
            }
            Outcome::Error => {}
        }
    }
    matched
}

fn waived(waiver: &Waiver, config: &Config) -> Waived {
    let (file, Spot { line, .. }) = config.locate(waiver.spot);
    Waived {
        owner: waiver.owner.clone(),
        approved_by: waiver.approved_by.clone(),
        reason: waiver.reason.clone(),
        control: waiver.control.clone(),
        expires: waiver.expires.to_string(),
        at: format!("{file}:{line}"),
    }
}

/// All fields that are given must fit; what a finding does not have fits none.
fn covers(waiver: &Waiver, finding: &Finding) -> bool {
    let (zone, environment) = match finding.zone.split_once('/') {
        Some((zone, environment)) => (zone, Some(environment)),
        None => (finding.zone.as_str(), None),
    };
    let short = short_of(&finding.asset);
    let scope = &waiver.scope;
    let one = |patterns: &[String], value: Option<&str>| any_fits(patterns, value.as_slice());
    any_fits(&waiver.rule, &[finding.rule.as_str()])
        && any_fits(&scope.asset, &[finding.asset.as_str(), &short])
        && one(&scope.account, finding.account.as_deref())
        && one(&scope.region, finding.region.as_deref())
        && one(&scope.cluster, finding.cluster.as_deref())
        && one(&scope.namespace, finding.namespace.as_deref())
        && one(&scope.zone, Some(zone))
        && one(&scope.environment, environment)
        && one(&scope.border, finding.border.as_deref())
}
