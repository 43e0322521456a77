package zoneproof.rules.flow_internet_to_cde_test

import data.zoneproof.rules.flow_internet_to_cde

internet := {
	"border": "internet",
	"zone": "internet",
	"category": "unclassified",
	"internet": true,
	"outside": true,
	"names": ["0.0.0.0/0"],
}

cde := {
	"border": "pci/prod",
	"zone": "pci",
	"category": "cde",
	"internet": false,
	"outside": false,
	"names": ["wallet-public"],
}

flow := {
	"from": internet,
	"to": cde,
	"crosses_environment": false,
	"approved_by": [],
	"expired": [],
	"beyond": [{"names": ["0.0.0.0/0"], "connections": ["tcp/443", "tcp/8443"]}],
	"decided_by": "sgr-1",
}

test_a_way_in_that_nobody_declared_is_denied if {
	denials := flow_internet_to_cde.deny with input as flow
	denials == {{
		"args": {
			"from": "internet",
			"to": "wallet-public (pci/prod)",
			"beyond": {"tcp/443, tcp/8443 (0.0.0.0/0)"},
			"expired": [],
			"approved": [],
		},
		"border": "internet -> pci/prod",
		"connections": {"tcp/443", "tcp/8443"},
		"related": {"sgr-1"},
	}}
}

test_what_is_approved_whole_passes if {
	approved := object.union(flow, {"approved_by": ["web"], "beyond": []})
	flow_internet_to_cde.deny == set() with input as approved
}

test_what_is_approved_in_part_is_denied_for_the_rest if {
	rest := [{"names": ["0.0.0.0/0"], "connections": ["tcp/8443"]}]
	some denial in flow_internet_to_cde.deny with input as object.union(flow, {"approved_by": ["web"], "beyond": rest})
	denial.args.approved == ["web"]
	denial.connections == {"tcp/8443"}
}

test_an_expired_approval_is_none if {
	some denial in flow_internet_to_cde.deny with input as object.union(flow, {"expired": ["web"]})
	denial.args.expired == ["web"]
}

test_a_rule_that_is_not_known_is_not_related if {
	some denial in flow_internet_to_cde.deny with input as object.union(flow, {"decided_by": ""})
	denial.related == set()
}

test_the_way_to_a_connected_zone_is_another_rule_s if {
	connected := object.union(cde, {"border": "link/prod", "zone": "link", "category": "connected"})
	flow_internet_to_cde.deny == set() with input as object.union(flow, {"to": connected})
}

test_an_outside_network_that_is_not_the_internet_is_another_rule_s if {
	partner := object.union(internet, {"border": "partners", "category": "external", "internet": false})
	flow_internet_to_cde.deny == set() with input as object.union(flow, {"from": partner})
}
