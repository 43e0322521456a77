package zoneproof.rules.node_group_cross_zone_test

import data.zoneproof.rules.node_group_cross_zone

group(crossings) := {
	"kind": "node-group",
	"asset": {"name": "general", "cluster": "wallet"},
	"cluster_border": "pci/prod",
	"subnet_crossings": crossings,
}

test_subnets_of_another_border if {
	node_group_cross_zone.deny == {{
		"args": {
			"subject": "node-group",
			"name": "general",
			"cluster": "wallet",
			"own": "pci/prod",
			"border": "no-pci/prod",
			"subnets": ["subnet-01"],
		},
		"border": "pci/prod <-> no-pci/prod",
		"related": ["subnet-01"],
	}} with input as group([{"border": "no-pci/prod", "subnets": ["subnet-01"]}])
}

test_each_border_is_a_finding if {
	crossings := [
		{"border": "no-pci/prod", "subnets": ["subnet-01"]},
		{"border": "pci/dev", "subnets": ["subnet-02"]},
	]
	found := node_group_cross_zone.deny with input as group(crossings)
	count(found) == 2
}

test_own_subnets_pass if {
	node_group_cross_zone.deny == set() with input as group([])
}
