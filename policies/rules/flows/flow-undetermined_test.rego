package zoneproof.rules.flow_undetermined_test

import data.zoneproof.rules.flow_undetermined

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

flow := {"from": internet, "to": cde, "connections": ["tcp/443"]}

# without a value the rule is undetermined, which is not for its text to say
test_what_nobody_knows_is_not_denied if {
	flow_undetermined.deny == set() with input as flow
}

test_what_does_not_pass_is_not_denied if {
	flow_undetermined.deny == set() with input as object.union(flow, {"passes": false})
}

test_what_passes_is_denied if {
	denials := flow_undetermined.deny with input as object.union(flow, {"passes": true})
	denials == {{
		"args": {
			"from": "internet",
			"to": "node group wallet/worker (pci/prod)",
			"connections": ["tcp/443"],
		},
		"border": "internet -> pci/prod",
		"connections": ["tcp/443"],
	}}
}
