package zoneproof.rules.elb_target_cross_zone_test

import data.zoneproof.rules.elb_target_cross_zone

canary := {
	"balancer": "wallet-public",
	"balancer_border": "pci/prod",
	"by": "wallet-public/cf5a",
	"weight": 0,
	"target": "10.20.16.8",
	"target_border": "no-pci/prod",
	"approved_by": [],
	"expired": [],
	"beyond": [{"addresses": [], "connections": ["tcp/8443"]}],
}

group(crossings) := {"name": "wallet-canary", "crossings": crossings}

test_a_target_behind_another_border_whatever_the_weight if {
	elb_target_cross_zone.deny == {{
		"args": {
			"name": "wallet-canary",
			"balancer": "wallet-public",
			"from": "pci/prod",
			"to": "no-pci/prod",
			"target": {"10.20.16.8"},
			"weight": {0},
			"beyond": {"tcp/8443"},
			"expired": set(),
		},
		"border": "pci/prod -> no-pci/prod",
		"connections": {"tcp/8443"},
		"related": {"wallet-public/cf5a"},
	}} with input as group([canary])
}

test_many_targets_and_listeners_are_one_finding if {
	second := object.union(canary, {
		"target": "10.20.32.8",
		"by": "wallet-public/f0de",
		"weight": 5,
		"beyond": [{"addresses": [], "connections": ["tcp/9443"]}],
	})
	elb_target_cross_zone.deny == {{
		"args": {
			"name": "wallet-canary",
			"balancer": "wallet-public",
			"from": "pci/prod",
			"to": "no-pci/prod",
			"target": {"10.20.16.8", "10.20.32.8"},
			"weight": {0, 5},
			"beyond": {"tcp/8443", "tcp/9443"},
			"expired": set(),
		},
		"border": "pci/prod -> no-pci/prod",
		"connections": {"tcp/8443", "tcp/9443"},
		"related": {"wallet-public/cf5a", "wallet-public/f0de"},
	}} with input as group([canary, second])
}

test_each_border_and_each_balancer_is_a_finding if {
	dev := object.union(canary, {"target": "10.11.0.8", "target_border": "pci/dev"})
	ads := object.union(canary, {"balancer": "ads-public", "balancer_border": "external"})
	borders := {denial.border | some denial in elb_target_cross_zone.deny} with input as group([canary, dev, ads])
	borders == {"pci/prod -> no-pci/prod", "pci/prod -> pci/dev", "external -> no-pci/prod"}
}

test_an_expired_flow_is_named if {
	some denial in elb_target_cross_zone.deny with input as group([object.union(canary, {"expired": ["canary"]})])
	denial.args.expired == {"canary"}
}

test_a_covered_target_is_left_out if {
	covered := object.union(canary, {"target": "10.20.32.8", "approved_by": ["canary"], "beyond": []})
	some denial in elb_target_cross_zone.deny with input as group([canary, covered])
	denial.args.target == {"10.20.16.8"}
}

test_flows_cover_all_targets if {
	covered := object.union(canary, {"approved_by": ["canary"], "beyond": []})
	elb_target_cross_zone.deny == set() with input as group([covered])
}

test_no_target_is_behind_another_border if {
	elb_target_cross_zone.deny == set() with input as group([])
}
