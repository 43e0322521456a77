package zoneproof.rules.sg_cross_zone_cidr_test

import data.zoneproof.rules.sg_cross_zone_cidr

ads := {
	"border": "no-pci/prod",
	"zone": "no-pci",
	"environment": "prod",
	"peers": ["10.20.0.0/16"],
	"owners": ["vpc-0bd2"],
	"networks": [],
	"approved_by": [],
	"expired": [],
	"beyond": [{"addresses": ["10.20.0.0/16"], "connections": ["tcp/5432"]}],
}

nobodys := {
	"border": "unclassified",
	"zone": "unclassified",
	"peers": ["10.0.0.0/13"],
	"owners": [],
	"networks": [],
	"approved_by": [],
	"expired": [],
	"beyond": [{"addresses": ["10.0.0.0/13"], "connections": ["tcp/5432"]}],
}

approved := {
	"border": "link/prod",
	"zone": "link",
	"environment": "prod",
	"peers": ["10.30.0.0/16"],
	"owners": ["vpc-0cf1"],
	"networks": [],
	"approved_by": ["card-authorisations"],
	"expired": [],
	"beyond": [],
}

rule(crossings) := {
	"group": {"id": "sg-0c1d", "name": "ledger-db", "bearers": []},
	"direction": "ingress",
	"peer": "10.20.0.0/16",
	"zone": {"border": "pci/prod"},
	"address_crossings": crossings,
}

test_declared_networks_are_named if {
	behind := object.union(nobodys, {"owners": ["network cgw-0e1f"], "networks": ["cgw-0e1f"]})
	some finding in sg_cross_zone_cidr.deny with input as rule([behind])
	finding.args.networks == {"cgw-0e1f"}
}

test_addresses_of_another_border if {
	sg_cross_zone_cidr.deny == {{
		"args": {
			"group": "ledger-db (sg-0c1d)",
			"direction": "ingress",
			"peer": "10.20.0.0/16",
			"beyond": {"no-pci/prod: tcp/5432 (10.20.0.0/16)"},
			"approved": set(),
			"expired": set(),
			"networks": set(),
			"unattached": false,
		},
		"border": "pci/prod <- no-pci/prod",
		"connections": {"tcp/5432"},
	}} with input as rule([ads])
}

test_egress_points_the_other_way if {
	some denial in sg_cross_zone_cidr.deny with input as object.union(rule([ads]), {"direction": "egress"})
	denial.args.direction == "egress"
	denial.border == "pci/prod -> no-pci/prod"
}

test_one_rule_over_several_borders_is_one_finding if {
	sg_cross_zone_cidr.deny == {{
		"args": {
			"group": "ledger-db (sg-0c1d)",
			"direction": "ingress",
			"peer": "10.20.0.0/16",
			"beyond": {"no-pci/prod: tcp/5432 (10.20.0.0/16)", "unclassified: tcp/5432 (10.0.0.0/13)"},
			"approved": {"card-authorisations"},
			"expired": set(),
			"networks": set(),
			"unattached": false,
		},
		"border": "pci/prod <- no-pci/prod, unclassified",
		"connections": {"tcp/5432"},
	}} with input as rule([ads, approved, nobodys])
}

test_what_flows_leave_over_is_told_with_addresses if {
	partly := object.union(approved, {"beyond": [
		{"addresses": ["10.30.0.0/20"], "connections": ["tcp/5433"]},
		{"addresses": ["10.30.16.0/20", "10.30.32.0/19"], "connections": ["tcp/5432", "tcp/5433"]},
	]})
	some denial in sg_cross_zone_cidr.deny with input as rule([partly])
	denial.args.approved == {"card-authorisations"}
	denial.args.beyond == {
		"link/prod: tcp/5433 (10.30.0.0/20)",
		"link/prod: tcp/5432, tcp/5433 (10.30.16.0/20, 10.30.32.0/19)",
	}
	denial.connections == {"tcp/5432", "tcp/5433"}
}

test_an_expired_flow_is_named if {
	some denial in sg_cross_zone_cidr.deny with input as rule([object.union(ads, {"expired": ["reports"]})])
	denial.args.expired == {"reports"}
}

test_flows_cover_all_of_it if {
	sg_cross_zone_cidr.deny == set() with input as rule([approved])
}

test_own_addresses_only if {
	sg_cross_zone_cidr.deny == set() with input as rule([])
}

test_no_crossings_are_known if {
	sg_cross_zone_cidr.deny == set() with input as object.union(rule([]), {"unknown": ["address_crossings"]})
}
