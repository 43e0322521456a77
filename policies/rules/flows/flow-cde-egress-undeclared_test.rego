package zoneproof.rules.flow_cde_egress_undeclared_test

import data.zoneproof.rules.flow_cde_egress_undeclared

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
	"from": cde,
	"to": internet,
	"crosses_environment": false,
	"approved_by": [],
	"expired": [],
	"beyond": [{"names": ["0.0.0.0/0"], "connections": ["tcp/443"]}],
	"decided_by": "sgr-1",
}

test_a_way_out_that_nobody_declared_is_denied if {
	denials := flow_cde_egress_undeclared.deny with input as flow
	denials == {{
		"args": {
			"from": "node group wallet/worker (pci/prod)",
			"to": "internet",
			"beyond": {"tcp/443 (0.0.0.0/0)"},
			"expired": [],
		},
		"border": "pci/prod -> internet",
		"connections": {"tcp/443"},
		"related": {"sgr-1"},
	}}
}

test_a_way_out_to_another_network_is_denied if {
	some denial in flow_cde_egress_undeclared.deny with input as object.union(flow, {"to": datacenter})
	denial.border == "pci/prod -> datacenter"
}

test_what_is_approved_whole_passes if {
	approved := object.union(flow, {"approved_by": ["hsm"], "beyond": []})
	flow_cde_egress_undeclared.deny == set() with input as approved
}

test_what_is_approved_in_part_is_another_rule_s if {
	flow_cde_egress_undeclared.deny == set() with input as object.union(flow, {"approved_by": ["hsm"]})
}

test_an_expired_approval_is_none if {
	some denial in flow_cde_egress_undeclared.deny with input as object.union(flow, {"expired": ["hsm"]})
	denial.args.expired == ["hsm"]
}

test_what_stays_in_the_estate_is_another_rule_s if {
	flow_cde_egress_undeclared.deny == set() with input as object.union(flow, {"to": link})
}

test_the_way_out_of_a_connected_zone_is_another_rule_s if {
	flow_cde_egress_undeclared.deny == set() with input as object.union(flow, {"from": link})
}

test_a_public_address_of_another_environment_is_another_rule_s if {
	elsewhere := object.union(internet, {"border": "pci/dev", "category": "cde", "internet": false})
	crossing := object.union(flow, {"to": elsewhere, "crosses_environment": true})
	flow_cde_egress_undeclared.deny == set() with input as crossing
}
