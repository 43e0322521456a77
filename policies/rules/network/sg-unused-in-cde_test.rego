package zoneproof.rules.sg_unused_in_cde_test

import data.zoneproof.rules.sg_unused_in_cde

group := {
	"name": "sg-0c1d",
	"default": false,
	"attached": false,
	"bearers": [],
	"rules": 2,
	"asset": {"name": "old", "vpc": "vpc-0ad5"},
}

test_nothing_bears_it if {
	sg_unused_in_cde.deny == {{"args": {"group": "old (sg-0c1d)", "rules": 2}}} with input as group
}

test_something_bears_it if {
	sg_unused_in_cde.deny == set() with input as object.union(group, {"attached": true})
}

test_not_knowing_is_no_violation if {
	sg_unused_in_cde.deny == set() with input as object.remove(group, ["attached"])
}

test_the_default_group_cannot_be_deleted if {
	sg_unused_in_cde.deny == set() with input as object.union(group, {"default": true})
}
