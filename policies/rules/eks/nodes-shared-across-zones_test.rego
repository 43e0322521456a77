package zoneproof.rules.nodes_shared_across_zones_test

import data.zoneproof.rules.nodes_shared_across_zones

sides := [
	{"border": "pci/prod", "namespaces": ["cards", "ledger"]},
	{"border": "no-pci/prod", "namespaces": ["ads"]},
]

test_two_borders_on_one_node_group if {
	document := {"name": "wallet", "node_sharing": {"shared_nodes": "general", "borders": sides}}
	nodes_shared_across_zones.deny == {{
		"args": {
			"name": "wallet",
			"nodes": "general",
			"borders": ["pci/prod", "no-pci/prod"],
			"namespaces": {"cards, ledger (pci/prod)", "ads (no-pci/prod)"},
		},
		"border": "pci/prod <-> no-pci/prod",
	}} with input as document
}

test_not_knowing_which_nodes_denies_nothing if {
	document := {"name": "wallet", "node_sharing": {"borders": sides}}
	nodes_shared_across_zones.deny == set() with input as document
}

test_one_border_passes if {
	document := {"name": "wallet", "node_sharing": {"borders": []}}
	nodes_shared_across_zones.deny == set() with input as document
}
