//! How old a Kubernetes version on EKS is, and who still mends it. The dates are data of the pack.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::node::Node;
use crate::policy::pack::embedded_text;

/// The data file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Calendar {
    /// When it was last compared with AWS's calendar.
    as_of: Date,
    versions: BTreeMap<String, Dates>,
}

/// The dates of one version.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Dates {
    released: Date,
    standard_until: Date,
    extended_until: Date,
}

/// Who mends a version on the day of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Support {
    /// AWS, as part of the service.
    Standard,
    /// AWS, at a price.
    Extended,
    /// Nobody.
    Ended,
}

/// What is known of a cluster's version on the day of the run.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Lifecycle {
    /// When EKS released the version.
    released: String,
    /// The last day on which it is not overdue.
    upgrade_by: String,
    /// Months after the release within which clusters have moved on.
    upgrade_within_months: u32,
    /// Whether clusters should have moved on.
    overdue: bool,
    support: Support,
    /// When standard support ends.
    standard_until: String,
    /// When extended support ends.
    extended_until: String,
    /// When these dates were last compared with AWS's calendar.
    as_of: String,
}

static CALENDAR: LazyLock<Option<Calendar>> = LazyLock::new(|| {
    let text = embedded_text("policies/data/eks-versions.yaml")?;
    Node::from_yaml(text, 1).ok()??.get("eks-versions")?.read().ok()
});

/// The dates of a version on a day, and whether clusters should have moved on from it; none if the data does not hold it.
///
/// Source: Amazon EKS User Guide, "Understand the Kubernetes version lifecycle on EKS": support ends at the beginning
/// of the day that the calendar names.
pub(super) fn lifecycle(version: &str, within_months: u32, day: Date) -> Option<Lifecycle> {
    let calendar = CALENDAR.as_ref()?;
    let dates = calendar.versions.get(version)?;
    let upgrade_by = dates.released.checked_add(i64::from(within_months).months()).ok()?;
    Some(Lifecycle {
        released: dates.released.to_string(),
        upgrade_by: upgrade_by.to_string(),
        upgrade_within_months: within_months,
        overdue: day > upgrade_by,
        support: match day {
            day if day >= dates.extended_until => Support::Ended,
            day if day >= dates.standard_until => Support::Extended,
            _ => Support::Standard,
        },
        standard_until: dates.standard_until.to_string(),
        extended_until: dates.extended_until.to_string(),
        as_of: calendar.as_of.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_calendar_can_be_read_and_its_dates_follow_each_other() {
        let calendar = CALENDAR.as_ref().unwrap();
        assert!(!calendar.versions.is_empty());
        for (version, dates) in &calendar.versions {
            assert!(dates.released < dates.standard_until, "{version}");
            assert!(dates.standard_until < dates.extended_until, "{version}");
        }
    }

    #[test]
    fn support_ends_with_the_day_that_the_calendar_names() {
        let support = |day| lifecycle("1.33", 12, day).unwrap().support;
        assert_eq!(support(date(2026, 7, 28)), Support::Standard);
        assert_eq!(support(date(2026, 7, 29)), Support::Extended);
        assert_eq!(support(date(2027, 7, 28)), Support::Extended);
        assert_eq!(support(date(2027, 7, 29)), Support::Ended);
    }

    #[test]
    fn an_upgrade_is_due_after_the_last_month_and_not_on_its_last_day() {
        assert!(!lifecycle("1.34", 12, date(2026, 10, 2)).unwrap().overdue);
        assert!(lifecycle("1.34", 12, date(2026, 10, 3)).unwrap().overdue);
    }

    #[test]
    fn a_version_that_is_not_listed_is_not_known() {
        assert!(lifecycle("1.99", 12, date(2026, 11, 20)).is_none());
        assert!(lifecycle("", 12, date(2026, 11, 20)).is_none());
    }
}
