package zoneproof.rules.flow_undeclared_test

import data.zoneproof.rules.flow_undeclared

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
	"names": ["node group wallet/worker"],
}

link := {
	"border": "link/prod",
	"zone": "link",
	"category": "connected",
	"internet": false,
	"outside": false,
	"names": ["link-networks"],
}

datacenter := {
	"border": "datacenter",
	"zone": "datacenter",
	"category": "connected",
	"internet": false,
	"outside": true,
	"names": ["172.16.0.0/16"],
}

flow := {
	"from": link,
	"to": cde,
	"crosses_environment": false,
	"approved_by": [],
	"expired": [],
	"beyond": [{"names": ["link-networks"], "connections": ["tcp/443"]}],
	"decided_by": "sgr-1",
}

test_a_flow_that_nobody_declared_is_denied if {
	denials := flow_undeclared.deny with input as flow
	denials == {{
		"args": {
			"from": "link-networks (link/prod)",
			"to": "node group wallet/worker (pci/prod)",
			"beyond": {"tcp/443 (link-networks)"},
			"expired": [],
		},
		"border": "link/prod -> pci/prod",
		"connections": {"tcp/443"},
		"related": {"sgr-1"},
	}}
}

test_what_is_approved_whole_passes if {
	approved := object.union(flow, {"approved_by": ["switch"], "beyond": []})
	flow_undeclared.deny == set() with input as approved
}

test_what_is_approved_in_part_is_another_rule_s if {
	flow_undeclared.deny == set() with input as object.union(flow, {"approved_by": ["switch"]})
}

test_an_expired_approval_is_none if {
	some denial in flow_undeclared.deny with input as object.union(flow, {"expired": ["switch"]})
	denial.args.expired == ["switch"]
}

test_another_environment_is_another_rule_s if {
	flow_undeclared.deny == set() with input as object.union(flow, {"crosses_environment": true})
}

test_from_the_internet_into_the_cde_is_another_rule_s if {
	flow_undeclared.deny == set() with input as object.union(flow, {"from": internet})
}

test_from_the_internet_into_a_connected_zone_is_denied if {
	some denial in flow_undeclared.deny with input as object.union(flow, {"from": internet, "to": link})
	denial.border == "internet -> link/prod"
}

test_out_of_the_cde_and_of_the_estate_is_another_rule_s if {
	flow_undeclared.deny == set() with input as object.union(flow, {"from": cde, "to": datacenter})
}

test_out_of_the_cde_within_the_estate_is_denied if {
	some denial in flow_undeclared.deny with input as object.union(flow, {"from": cde, "to": link})
	denial.border == "pci/prod -> link/prod"
}

test_out_of_a_connected_zone_and_of_the_estate_is_denied if {
	some denial in flow_undeclared.deny with input as object.union(flow, {"from": link, "to": internet})
	denial.args.to == "internet"
}
