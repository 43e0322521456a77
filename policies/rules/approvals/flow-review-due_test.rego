package zoneproof.rules.flow_review_due_test

import data.zoneproof.rules.flow_review_due

flow := {"name": "wallet-api", "owner": "payments", "looked_at": "2026-05-19", "review_due": true, "expired": false}

test_a_flow_that_was_looked_at_passes if {
	flow_review_due.deny == set() with input as object.union(flow, {"review_due": false})
}

test_an_expired_flow_is_another_rule_s if {
	flow_review_due.deny == set() with input as object.union(flow, {"expired": true})
}

test_a_flow_that_nobody_looked_at_is_denied if {
	denials := flow_review_due.deny with input as flow
	denials == {{"args": {"flow": "wallet-api", "owner": "payments", "looked_at": "2026-05-19"}}}
}
