package zoneproof.rules.networkpolicy_not_enforced_test

import data.zoneproof.rules.networkpolicy_not_enforced

namespace(enforcement) := {"namespace": "cards", "enforcement": enforcement}

off := {"policies": 2, "enforced": false, "by": ["vpc-cni enableNetworkPolicy=false"], "on_fargate": []}

on := {"policies": 2, "enforced": true, "by": ["calico-node"], "on_fargate": []}

test_the_switch_is_off if {
	networkpolicy_not_enforced.deny == {{"args": {
		"name": "cards",
		"policies": 2,
		"switch": ["vpc-cni enableNetworkPolicy=false"],
		"agentless": [],
		"fargate": [],
	}}} with input as namespace(off)
}

test_a_plugin_without_an_agent if {
	networkpolicy_not_enforced.deny == {{"args": {
		"name": "cards",
		"policies": 2,
		"switch": [],
		"agentless": ["aws-node"],
		"fargate": [],
	}}} with input as namespace(object.union(off, {"by": ["aws-node"]}))
}

test_an_agent_does_not_guard_fargate if {
	networkpolicy_not_enforced.deny == {{"args": {
		"name": "cards",
		"policies": 2,
		"switch": [],
		"agentless": [],
		"fargate": ["cards/Deployment/report"],
	}}} with input as namespace(object.union(on, {"on_fargate": ["cards/Deployment/report"]}))
}

test_nothing_is_enforced_on_fargate_either if {
	both := object.union(off, {"on_fargate": ["cards/Deployment/report"]})
	count(networkpolicy_not_enforced.deny) == 1 with input as namespace(both)
}

test_enforced_passes if {
	networkpolicy_not_enforced.deny == set() with input as namespace(on)
}

test_without_policies_there_is_nothing_to_enforce if {
	none := {"policies": 0, "by": [], "on_fargate": []}
	networkpolicy_not_enforced.deny == set() with input as namespace(none)
}

test_not_known_denies_nothing if {
	unknown := {"policies": 2, "by": [], "on_fargate": []}
	networkpolicy_not_enforced.deny == set() with input as namespace(unknown)
}
