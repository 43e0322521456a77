package zoneproof.rules.waiver_expired_test

import data.zoneproof.rules.waiver_expired

waiver := {
	"rules": ["sg-ingress-any"],
	"scope": "asset=sg-1",
	"owner": "payments",
	"expires": "2026-11-19",
	"expired": true,
}

test_a_waiver_in_force_passes if {
	waiver_expired.deny == set() with input as object.union(waiver, {"expired": false})
}

test_an_expired_waiver_is_denied if {
	count(waiver_expired.deny) == 1 with input as waiver
}
