package zoneproof.rules.waiver_unused_test

import data.zoneproof.rules.waiver_unused

waiver := {
	"rules": ["sg-ingress-any"],
	"scope": "asset=sg-1",
	"owner": "payments",
	"expired": false,
	"matched": 0,
	"self_approved": false,
	"no_scope": false,
}

test_a_waiver_that_covers_something_passes if {
	waiver_unused.deny == set() with input as object.union(waiver, {"matched": 1})
}

test_an_expired_waiver_is_another_rule_s if {
	waiver_unused.deny == set() with input as object.union(waiver, {"expired": true})
}

test_a_waiver_that_covers_nothing_is_denied if {
	count(waiver_unused.deny) == 1 with input as waiver
}

test_a_waiver_that_its_owner_approved_says_so if {
	denials := waiver_unused.deny with input as object.union(waiver, {"self_approved": true})
	{denial.args.self_approved | some denial in denials} == {true}
}
