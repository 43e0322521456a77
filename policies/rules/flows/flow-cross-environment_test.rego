package zoneproof.rules.flow_cross_environment_test

import data.zoneproof.rules.flow_cross_environment

production := {
	"border": "pci/prod",
	"zone": "pci",
	"category": "cde",
	"internet": false,
	"outside": false,
	"names": ["node group wallet/worker"],
}

development := {
	"border": "pci/dev",
	"zone": "pci",
	"category": "cde",
	"internet": false,
	"outside": false,
	"names": ["node group wallet-dev/worker"],
}

flow := {
	"from": development,
	"to": production,
	"crosses_environment": true,
	"approved_by": [],
	"expired": [],
	"beyond": [{"names": ["node group wallet-dev/worker"], "connections": ["tcp/5432"]}],
	"decided_by": "sgr-1",
}

test_from_one_environment_to_another_is_denied if {
	denials := flow_cross_environment.deny with input as flow
	denials == {{
		"args": {
			"from": "node group wallet-dev/worker (pci/dev)",
			"to": "node group wallet/worker (pci/prod)",
			"beyond": {"tcp/5432 (node group wallet-dev/worker)"},
			"expired": [],
		},
		"border": "pci/dev -> pci/prod",
		"connections": {"tcp/5432"},
		"related": {"sgr-1"},
	}}
}

test_the_other_way_round_is_denied_too if {
	some denial in flow_cross_environment.deny with input as object.union(flow, {"from": production, "to": development})
	denial.border == "pci/prod -> pci/dev"
}

test_a_public_address_of_the_other_environment_is_denied if {
	public := object.union(development, {"outside": true, "names": ["198.51.100.9/32"]})
	some denial in flow_cross_environment.deny with input as object.union(flow, {"from": production, "to": public})
	denial.args.to == "pci/dev"
}

test_one_environment_is_another_rule_s if {
	flow_cross_environment.deny == set() with input as object.union(flow, {"crosses_environment": false})
}

test_what_is_approved_whole_passes if {
	approved := object.union(flow, {"approved_by": ["copy"], "beyond": []})
	flow_cross_environment.deny == set() with input as approved
}

test_what_is_approved_in_part_is_another_rule_s if {
	flow_cross_environment.deny == set() with input as object.union(flow, {"approved_by": ["copy"]})
}

test_an_expired_approval_is_none if {
	some denial in flow_cross_environment.deny with input as object.union(flow, {"expired": ["copy"]})
	denial.args.expired == ["copy"]
}
