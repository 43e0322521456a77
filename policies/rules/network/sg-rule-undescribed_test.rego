package zoneproof.rules.sg_rule_undescribed_test

import data.zoneproof.rules.sg_rule_undescribed

rule := {
	"group": {"id": "sg-0c1d", "name": "gateway", "attached": true, "bearers": ["i-01"]},
	"direction": "egress",
	"connections": ["all"],
	"peer": "0.0.0.0/0",
	"zone": {"border": "pci/prod"},
	"asset": {"description": "", "protocol": "-1"},
}

test_a_rule_that_says_nothing if {
	sg_rule_undescribed.deny == {{"args": {
		"group": "gateway (sg-0c1d)",
		"direction": "egress",
		"connections": ["all"],
		"peer": "0.0.0.0/0",
	}}} with input as rule
}

test_blanks_say_nothing if {
	count(sg_rule_undescribed.deny) == 1 with input as object.union(rule, {"asset": {"description": "  "}})
}

test_a_protocol_that_is_not_understood_is_told_as_it_is if {
	odd := object.union(object.remove(rule, ["connections"]), {"asset": {"description": "", "protocol": "x"}})
	some denial in sg_rule_undescribed.deny with input as odd
	denial.args.connections == ["x"]
}

test_a_described_rule_passes if {
	sg_rule_undescribed.deny == set() with input as object.union(rule, {"asset": {"description": "Kubelet"}})
}
