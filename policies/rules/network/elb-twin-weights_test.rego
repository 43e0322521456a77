package zoneproof.rules.elb_twin_weights_test

import data.zoneproof.rules.elb_twin_weights

listener(total, dead) := {
	"kind": "listener",
	"name": "wallet/f0de",
	"twins": {"clusters": ["wallet-a", "wallet-b"], "total": total, "dead": dead},
}

sick := {"target_group": "wallet-b", "clusters": ["wallet-b"], "weight": 50}

test_a_share_for_nobody if {
	elb_twin_weights.deny == {{
		"args": {
			"subject": "listener",
			"name": "wallet/f0de",
			"clusters": ["wallet-a", "wallet-b"],
			"idle": false,
			"dead": {"wallet-b (wallet-b, weight 50)"},
		},
		"related": {"wallet-b"},
	}} with input as listener(100, [sick])
}

test_no_weight_at_all if {
	some denial in elb_twin_weights.deny with input as listener(0, [])
	denial.args.idle == true
	denial.args.dead == set()
}

test_shares_that_are_served_pass if {
	elb_twin_weights.deny == set() with input as listener(100, [])
}

test_one_cluster_passes if {
	elb_twin_weights.deny == set() with input as object.remove(listener(0, []), ["twins"])
}
