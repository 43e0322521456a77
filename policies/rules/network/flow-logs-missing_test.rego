package zoneproof.rules.flow_logs_missing_test

import data.zoneproof.rules.flow_logs_missing

vpc(logs) := {"name": "vpc-0ad5", "flow_logs": logs}

none := {"complete": false, "missing": ["ACCEPT", "REJECT"], "subnets": ["subnet-0a85"], "broken": []}

test_nothing_is_recorded if {
	flow_logs_missing.deny == {{
		"args": {
			"name": "vpc-0ad5",
			"missing": ["ACCEPT", "REJECT"],
			"subnets": ["subnet-0a85"],
			"broken": [],
		},
		"related": ["subnet-0a85"],
	}} with input as vpc(none)
}

test_half_of_it_is_not_enough if {
	some denial in flow_logs_missing.deny with input as vpc(object.union(none, {"missing": ["ACCEPT"]}))
	denial.args.missing == ["ACCEPT"]
}

test_all_is_recorded if {
	flow_logs_missing.deny == set() with input as vpc(object.union(none, {"complete": true, "missing": []}))
}

test_not_knowing_is_no_violation if {
	flow_logs_missing.deny == set() with input as vpc(object.union(none, {"missing": []}))
}
