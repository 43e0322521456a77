package zoneproof.rules.zone_mixed_cluster_test

import data.zoneproof.rules.zone_mixed_cluster

cards := {"zone": "pci", "namespaces": ["cards", "ledger"], "ids": ["shared//Namespace/cards"]}

ads := {"zone": "no-pci", "namespaces": ["ads"], "ids": ["shared//Namespace/ads"]}

test_both_in_one_cluster if {
	document := {"cluster": "shared", "zones": {"mixed": true, "inside": [cards], "outside": [ads]}}
	zone_mixed_cluster.deny == {{
		"args": {"name": "shared", "inside": ["pci (cards, ledger)"], "outside": ["no-pci (ads)"], "own": ""},
		"related": ["shared//Namespace/cards", "shared//Namespace/ads"],
	}} with input as document
}

test_the_cluster_itself_is_out_of_scope if {
	itself := {"zone": "no-pci", "namespaces": [], "ids": []}
	document := {"cluster": "ads", "zones": {"mixed": true, "inside": [cards], "outside": [itself], "own": "no-pci"}}
	zone_mixed_cluster.deny == {{
		"args": {"name": "ads", "inside": ["pci (cards, ledger)"], "outside": ["no-pci"], "own": "no-pci"},
		"related": ["shared//Namespace/cards"],
	}} with input as document
}

test_one_side_passes if {
	document := {"cluster": "wallet", "zones": {"mixed": false, "inside": [cards], "outside": [], "own": "pci"}}
	zone_mixed_cluster.deny == set() with input as document
}
