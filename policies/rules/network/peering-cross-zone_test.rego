package zoneproof.rules.peering_cross_zone_test

import data.zoneproof.rules.peering_cross_zone

peering := {
	"name": "pcx-04b0",
	"live": true,
	"requester": {"vpc": "vpc-0ad5", "account": "111122223333", "border": "pci/prod"},
	"accepter": {"vpc": "vpc-0bd2", "account": "777788889999", "border": "no-pci/prod"},
	"crosses": true,
	"touches_scope": true,
	"approved_by": [],
	"expired": [],
}

test_joins_two_borders if {
	peering_cross_zone.deny == {{
		"args": {
			"name": "pcx-04b0",
			"requester": "pci/prod",
			"requester_vpc": "vpc-0ad5",
			"accepter": "no-pci/prod",
			"accepter_vpc": "vpc-0bd2",
			"expired": [],
		},
		"border": "pci/prod <-> no-pci/prod",
		"related": ["vpc-0ad5", "vpc-0bd2"],
	}} with input as peering
}

test_production_and_development_are_apart if {
	dev := object.union(peering, {"accepter": {"border": "pci/dev"}})
	some denial in peering_cross_zone.deny with input as dev
	denial.border == "pci/prod <-> pci/dev"
}

test_some_flow_needs_it if {
	needed := object.union(peering, {"approved_by": ["card-authorisations"]})
	peering_cross_zone.deny == set() with input as needed
}

test_a_dead_peering_joins_nothing if {
	peering_cross_zone.deny == set() with input as object.union(peering, {"live": false})
}

test_both_ends_behind_one_border if {
	peering_cross_zone.deny == set() with input as object.union(peering, {"crosses": false})
}

test_neither_end_is_in_scope if {
	peering_cross_zone.deny == set() with input as object.union(peering, {"touches_scope": false})
}

test_a_vpc_that_nobody_knows_is_no_violation if {
	far := object.union(
		object.remove(peering, ["crosses", "touches_scope", "accepter"]),
		{"accepter": {"vpc": "vpc-0fff", "account": "999988887777"}},
	)
	peering_cross_zone.deny == set() with input as far
}
