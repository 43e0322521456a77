package zoneproof.rules.sg_cross_zone_reference_test

import data.zoneproof.rules.sg_cross_zone_reference

ads := {
	"border": "no-pci/prod",
	"zone": "no-pci",
	"environment": "prod",
	"peers": ["sg-0bd2"],
	"owners": ["sg-0bd2"],
	"approved_by": [],
	"expired": [],
	"beyond": [{"addresses": [], "connections": ["tcp/5432"]}],
}

rule(crossings) := {
	"group": {"id": "sg-0c1d", "name": "ledger-db", "attached": true, "bearers": ["i-01"]},
	"direction": "ingress",
	"peer": "sg-0bd2",
	"zone": {"border": "pci/prod"},
	"group_crossings": crossings,
}

test_a_group_behind_another_border if {
	sg_cross_zone_reference.deny == {{
		"args": {
			"group": "ledger-db (sg-0c1d)",
			"direction": "ingress",
			"peer": "sg-0bd2",
			"borders": {"no-pci/prod"},
			"beyond": {"tcp/5432"},
			"approved": set(),
			"expired": set(),
			"unattached": false,
		},
		"border": "pci/prod <- no-pci/prod",
		"connections": {"tcp/5432"},
		"related": ["sg-0bd2"],
	}} with input as rule([ads])
}

test_egress_points_the_other_way if {
	some denial in sg_cross_zone_reference.deny with input as object.union(rule([ads]), {"direction": "egress"})
	denial.border == "pci/prod -> no-pci/prod"
}

test_ports_wider_than_the_flow if {
	partly := object.union(ads, {
		"approved_by": ["reports"],
		"beyond": [{"addresses": [], "connections": ["tcp/5433-5439"]}],
	})
	some denial in sg_cross_zone_reference.deny with input as rule([partly])
	denial.args.approved == {"reports"}
	denial.args.beyond == {"tcp/5433-5439"}
	denial.connections == {"tcp/5433-5439"}
}

test_an_expired_flow_is_named if {
	some denial in sg_cross_zone_reference.deny with input as rule([object.union(ads, {"expired": ["reports"]})])
	denial.args.expired == {"reports"}
}

test_several_openings_are_one_finding if {
	dev := object.union(ads, {
		"border": "pci/dev",
		"owners": ["sg-0de7"],
		"beyond": [{"addresses": [], "connections": ["tcp/6379"]}],
	})
	some denial in sg_cross_zone_reference.deny with input as rule([ads, dev])
	denial.border == "pci/prod <- no-pci/prod, pci/dev"
	denial.args.beyond == {"tcp/5432", "tcp/6379"}
	denial.connections == {"tcp/5432", "tcp/6379"}
	denial.related == ["sg-0bd2", "sg-0de7"]
	count(sg_cross_zone_reference.deny) == 1 with input as rule([ads, dev])
}

test_a_flow_covers_it if {
	sg_cross_zone_reference.deny == set() with input as rule([object.union(ads, {
		"approved_by": ["reports"],
		"beyond": [],
	})])
}

test_own_border_only if {
	sg_cross_zone_reference.deny == set() with input as rule([])
}
