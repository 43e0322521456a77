package zoneproof.rules.eks_version_upgrade_due_test

import data.zoneproof.rules.eks_version_upgrade_due

cluster(overdue, support) := {"name": "wallet", "asset": {"version": "1.34"}, "lifecycle": {
	"released": "2025-10-02",
	"upgrade_by": "2026-10-02",
	"overdue": overdue,
	"support": support,
	"standard_until": "2026-12-02",
}}

test_past_the_months_allowed if {
	eks_version_upgrade_due.deny == {{"args": {
		"name": "wallet",
		"version": "1.34",
		"released": "2025-10-02",
		"due": "2026-10-02",
		"until": "2026-12-02",
	}}} with input as cluster(true, "standard")
}

test_within_the_months_allowed if {
	eks_version_upgrade_due.deny == set() with input as cluster(false, "standard")
}

test_past_standard_support_is_for_the_graver_rule if {
	eks_version_upgrade_due.deny == set() with input as cluster(true, "extended")
}

test_a_version_without_dates_denies_nothing if {
	eks_version_upgrade_due.deny == set() with input as object.remove(cluster(true, "standard"), ["lifecycle"])
}
