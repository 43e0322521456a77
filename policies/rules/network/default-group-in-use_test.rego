package zoneproof.rules.default_group_in_use_test

import data.zoneproof.rules.default_group_in_use

group := {
	"name": "sg-0c1d",
	"default": true,
	"attached": true,
	"bearers": ["i-01"],
	"rules": 2,
	"asset": {"name": "default", "vpc": "vpc-0ad5"},
}

args(document) := denial.args if some denial in default_group_in_use.deny with input as document

test_attached_and_with_rules if {
	args(group) == {"group": "sg-0c1d", "vpc": "vpc-0ad5", "bearers": ["i-01"], "rules": 2}
}

test_rules_alone_are_enough if {
	found := args(object.union(group, {"attached": false, "bearers": []}))
	found.rules == 2
}

test_rules_are_enough_where_interfaces_were_not_listed if {
	found := args(object.union(object.remove(group, ["attached"]), {"bearers": []}))
	found.rules == 2
}

test_attached_without_rules if {
	found := args(object.union(group, {"rules": 0}))
	found.rules == null
}

test_empty_and_attached_to_nothing if {
	idle := object.union(group, {"attached": false, "bearers": [], "rules": 0})
	default_group_in_use.deny == set() with input as idle
}

test_another_group if {
	default_group_in_use.deny == set() with input as object.union(group, {"default": false})
}
