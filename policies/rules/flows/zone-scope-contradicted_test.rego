package zoneproof.rules.zone_scope_contradicted_test

import data.zoneproof.rules.zone_scope_contradicted

test_a_zone_without_flows_passes if {
	zone_scope_contradicted.deny == set() with input as {"name": "no-pci", "flows_with_cde": []}
}

test_a_zone_with_flows_is_denied if {
	flows := ["no-pci/prod -> pci/prod: tcp/443"]
	denials := zone_scope_contradicted.deny with input as {"name": "no-pci", "flows_with_cde": flows}
	denials == {{"args": {"zone": "no-pci", "flows": flows}, "connections": flows}}
}

test_a_zone_of_which_nobody_knows_is_not_denied if {
	zone_scope_contradicted.deny == set() with input as {"name": "no-pci"}
}
