package zoneproof.rules.nacl_open_on_cde_test

import data.zoneproof.rules.nacl_open_on_cde

acl := {
	"name": "acl-0e3c",
	"open_to_all": ["IPv4"],
	"subnets_in_scope": ["subnet-0a85"],
	"asset": {"default": true},
}

test_lets_everything_in if {
	nacl_open_on_cde.deny == {{
		"args": {"name": "acl-0e3c", "families": ["IPv4"], "subnets": ["subnet-0a85"], "default": true},
		"related": ["subnet-0a85"],
	}} with input as acl
}

test_denies_something if {
	nacl_open_on_cde.deny == set() with input as object.union(acl, {"open_to_all": []})
}

test_guards_nothing_in_scope if {
	nacl_open_on_cde.deny == set() with input as object.union(acl, {"subnets_in_scope": []})
}
