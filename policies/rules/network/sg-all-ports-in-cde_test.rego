package zoneproof.rules.sg_all_ports_in_cde_test

import data.zoneproof.rules.sg_all_ports_in_cde

rule := {
	"group": {"id": "sg-0c1d", "name": "gateway", "attached": true, "bearers": ["i-01"]},
	"direction": "egress",
	"connections": ["all"],
	"peer": "0.0.0.0/0",
	"zone": {"border": "pci/prod"},
	"all_ports": {"approved_by": [], "expired": [], "beyond": [{"addresses": ["0.0.0.0/0"], "connections": ["all"]}]},
}

test_everything_to_everybody if {
	some denial in sg_all_ports_in_cde.deny with input as rule
	denial.args.beyond == {"all"}
	denial.connections == {"all"}
	denial.args.unattached == false
}

test_a_flow_that_covers_all_of_it if {
	covered := object.union(rule, {"all_ports": {"approved_by": ["backup"], "beyond": []}})
	sg_all_ports_in_cde.deny == set() with input as covered
}

test_an_expired_flow_covers_nothing if {
	late := object.union(rule, {"all_ports": {"expired": ["backup"]}})
	some denial in sg_all_ports_in_cde.deny with input as late
	denial.args.expired == ["backup"]
}

test_a_rule_of_some_ports_is_not_told_here if {
	sg_all_ports_in_cde.deny == set() with input as object.remove(rule, ["all_ports"])
}
