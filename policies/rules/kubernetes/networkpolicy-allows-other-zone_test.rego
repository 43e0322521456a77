package zoneproof.rules.networkpolicy_allows_other_zone_test

import data.zoneproof.rules.networkpolicy_allows_other_zone

campaigns := {
	"path": "/spec/ingress/0/from/1",
	"direction": "ingress",
	"anybody": false,
	"border": "no-pci/prod",
	"namespaces": ["campaigns"],
	"addresses": false,
	"approved_by": [],
	"expired": [],
	"beyond": [{"addresses": [], "connections": ["tcp/8080"]}],
}

policy(crossings) := {"name": "cards/authorizer", "zone": {"border": "pci/prod"}, "crossings": crossings}

test_a_namespace_of_another_border if {
	networkpolicy_allows_other_zone.deny == {{
		"args": {
			"name": "cards/authorizer",
			"ingress": true,
			"egress": false,
			"anybody": false,
			"namespaces": ["campaigns"],
			"addresses": false,
			"border": "no-pci/prod",
			"beyond": {"tcp/8080"},
			"approved": [],
			"expired": [],
		},
		"path": "/spec/ingress/0/from/1",
		"border": "pci/prod <- no-pci/prod",
		"connections": {"tcp/8080"},
	}} with input as policy([campaigns])
}

test_egress_points_the_other_way if {
	out := object.union(campaigns, {"direction": "egress", "path": "/spec/egress/0/to/0"})
	some denial in networkpolicy_allows_other_zone.deny with input as policy([out])
	denial.args.egress
	not denial.args.ingress
	denial.border == "pci/prod -> no-pci/prod"
}

test_addresses_are_told_with_what_lies_beyond if {
	block := object.union(campaigns, {
		"namespaces": [],
		"addresses": true,
		"approved_by": ["reports"],
		"beyond": [{"addresses": ["10.20.128.0/17"], "connections": ["tcp/443"]}],
	})
	some denial in networkpolicy_allows_other_zone.deny with input as policy([block])
	denial.args.beyond == {"tcp/443 (10.20.128.0/17)"}
	denial.args.approved == ["reports"]
}

test_everybody if {
	all := object.union(campaigns, {"anybody": true, "border": "anywhere", "namespaces": []})
	some denial in networkpolicy_allows_other_zone.deny with input as policy([all])
	denial.args.anybody
	denial.border == "pci/prod <- anywhere"
}

test_each_opening_is_a_finding if {
	other := object.union(campaigns, {"path": "/spec/ingress/1/from/0"})
	count(networkpolicy_allows_other_zone.deny) == 2 with input as policy([campaigns, other])
}

test_an_expired_flow_is_named if {
	late := object.union(campaigns, {"expired": ["offers"]})
	some denial in networkpolicy_allows_other_zone.deny with input as policy([late])
	denial.args.expired == ["offers"]
}

test_a_flow_covers_it if {
	covered := object.union(campaigns, {"approved_by": ["offers"], "beyond": []})
	networkpolicy_allows_other_zone.deny == set() with input as policy([covered])
}

test_all_stays_inside if {
	networkpolicy_allows_other_zone.deny == set() with input as policy([])
}
