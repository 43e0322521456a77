package zoneproof.rules.eks_version_unsupported_test

import data.zoneproof.rules.eks_version_unsupported

cluster(support) := {"name": "wallet", "asset": {"version": "1.33"}, "lifecycle": {
	"support": support,
	"standard_until": "2026-07-29",
	"extended_until": "2027-07-29",
}}

test_extended_support if {
	eks_version_unsupported.deny == {{"args": {
		"name": "wallet",
		"version": "1.33",
		"standard": "2026-07-29",
		"extended": "2027-07-29",
		"ended": "",
	}}} with input as cluster("extended")
}

test_no_support_at_all if {
	some denial in eks_version_unsupported.deny with input as cluster("ended")
	denial.args.ended == "2027-07-29"
	denial.args.extended == ""
}

test_standard_support_passes if {
	eks_version_unsupported.deny == set() with input as cluster("standard")
}

test_a_version_without_dates_denies_nothing if {
	eks_version_unsupported.deny == set() with input as object.remove(cluster("ended"), ["lifecycle"])
}
