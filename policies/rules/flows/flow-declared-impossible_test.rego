package zoneproof.rules.flow_declared_impossible_test

import data.zoneproof.rules.flow_declared_impossible

flow := {"name": "settlement", "owner": "finance", "possible": false}

test_a_flow_that_nothing_can_use_is_denied if {
	denials := flow_declared_impossible.deny with input as flow
	denials == {{"args": {"flow": "settlement", "owner": "finance"}}}
}

test_a_flow_that_passes_is_not_denied if {
	flow_declared_impossible.deny == set() with input as object.union(flow, {"possible": true})
}

test_a_flow_of_which_nobody_knows_is_not_denied if {
	flow_declared_impossible.deny == set() with input as object.remove(flow, ["possible"])
}
