package zoneproof.rules.transit_gateway_cross_zone_test

import data.zoneproof.rules.transit_gateway_cross_zone

crossing := {
	"border": "no-pci/prod <-> pci/prod",
	"ways": ["tgw-attach-1 -> tgw-attach-2 (10.10.0.0/16 in tgw-rtb-1)"],
	"attachments": ["tgw-attach-1", "tgw-attach-2"],
	"approved_by": [],
	"expired": [],
}

gateway(crossings) := {"name": "tgw-0e49", "crossings": crossings}

test_joins_two_borders if {
	transit_gateway_cross_zone.deny == {{
		"args": {
			"name": "tgw-0e49",
			"border": "no-pci/prod <-> pci/prod",
			"ways": ["tgw-attach-1 -> tgw-attach-2 (10.10.0.0/16 in tgw-rtb-1)"],
			"expired": [],
		},
		"border": "no-pci/prod <-> pci/prod",
		"related": ["tgw-attach-1", "tgw-attach-2"],
	}} with input as gateway([crossing])
}

test_each_pair_of_borders_is_a_finding if {
	other := object.union(crossing, {"border": "pci/dev <-> pci/prod"})
	count(transit_gateway_cross_zone.deny) == 2 with input as gateway([crossing, other])
}

test_some_flow_needs_it if {
	needed := object.union(crossing, {"approved_by": ["settlement"]})
	transit_gateway_cross_zone.deny == set() with input as gateway([needed])
}

test_joins_nothing if {
	transit_gateway_cross_zone.deny == set() with input as gateway([])
}
