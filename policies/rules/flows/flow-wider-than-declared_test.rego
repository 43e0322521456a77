package zoneproof.rules.flow_wider_than_declared_test

import data.zoneproof.rules.flow_wider_than_declared

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

flow := {
	"from": link,
	"to": cde,
	"crosses_environment": false,
	"approved_by": ["switch"],
	"expired": [],
	"beyond": [{"names": ["link-networks"], "connections": ["tcp/1501-1510"]}],
	"decided_by": "sgr-1",
}

test_what_passes_beside_an_approval_is_denied if {
	denials := flow_wider_than_declared.deny with input as flow
	denials == {{
		"args": {
			"from": "link-networks (link/prod)",
			"to": "node group wallet/worker (pci/prod)",
			"beyond": {"tcp/1501-1510 (link-networks)"},
			"expired": [],
			"approved": ["switch"],
		},
		"border": "link/prod -> pci/prod",
		"connections": {"tcp/1501-1510"},
		"related": {"sgr-1"},
	}}
}

test_what_is_approved_whole_passes if {
	flow_wider_than_declared.deny == set() with input as object.union(flow, {"beyond": []})
}

test_what_is_not_approved_at_all_is_another_rule_s if {
	flow_wider_than_declared.deny == set() with input as object.union(flow, {"approved_by": []})
}

test_an_expired_approval_beside_one_in_force_is_told if {
	some denial in flow_wider_than_declared.deny with input as object.union(flow, {"expired": ["old"]})
	denial.args.expired == ["old"]
}

test_a_wider_way_out_of_the_cde_is_denied if {
	some denial in flow_wider_than_declared.deny with input as object.union(flow, {"from": cde, "to": internet})
	denial.border == "pci/prod -> internet"
}

test_between_environments_it_is_denied_too if {
	crossing := object.union(flow, {"crosses_environment": true})
	count(flow_wider_than_declared.deny) == 1 with input as crossing
}

test_from_the_internet_into_the_cde_is_another_rule_s if {
	flow_wider_than_declared.deny == set() with input as object.union(flow, {"from": internet})
}
