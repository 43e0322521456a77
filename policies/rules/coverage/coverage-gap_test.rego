package zoneproof.rules.coverage_gap_test

import data.zoneproof.rules.coverage_gap

gap := {"what": "account 333344445555", "reason": "not-collected", "detail": "nothing was read", "accepted": false}

test_an_accepted_gap_passes if {
	coverage_gap.deny == set() with input as object.union(gap, {"accepted": true})
}

test_a_gap_is_denied if {
	count(coverage_gap.deny) == 1 with input as gap
}

test_an_acceptance_that_expired_is_named if {
	denials := coverage_gap.deny with input as object.union(gap, {"acceptance_expired": "2026-11-19"})
	{denial.args.accepted | some denial in denials} == {"2026-11-19"}
}
