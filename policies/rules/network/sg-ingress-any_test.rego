package zoneproof.rules.sg_ingress_any_test

import data.zoneproof.rules.sg_ingress_any

cover := {
	"approved_by": [],
	"expired": [],
	"beyond": [{"addresses": [], "connections": ["tcp/443"]}],
}

rule(any) := {
	"group": {"id": "sg-0c1d", "name": "gateway", "attached": true, "bearers": ["i-01"]},
	"direction": "ingress",
	"peer": "0.0.0.0/0",
	"zone": {"border": "pci/prod"},
	"any": any,
}

test_nobody_approved_it if {
	sg_ingress_any.deny == {{
		"args": {
			"group": "gateway (sg-0c1d)",
			"peer": "0.0.0.0/0",
			"connections": {"tcp/443"},
			"approved": [],
			"expired": [],
			"unattached": false,
		},
		"border": "internet -> pci/prod",
		"connections": {"tcp/443"},
	}} with input as rule(cover)
}

test_only_what_lies_beyond_the_flow_is_told if {
	wide := {
		"approved_by": ["wallet-api"],
		"expired": [],
		"beyond": [{"addresses": [], "connections": ["tcp/444-8443", "udp/443"]}],
	}
	some denial in sg_ingress_any.deny with input as rule(wide)
	denial.args.approved == ["wallet-api"]
	denial.connections == {"tcp/444-8443", "udp/443"}
}

test_an_expired_flow_approves_nothing_and_is_named if {
	some denial in sg_ingress_any.deny with input as rule(object.union(cover, {"expired": ["wallet-api"]}))
	denial.args.expired == ["wallet-api"]
	denial.connections == {"tcp/443"}
}

test_a_flow_covers_it_whole if {
	approved := {"approved_by": ["wallet-api"], "expired": [], "beyond": []}
	sg_ingress_any.deny == set() with input as rule(approved)
}

test_narrower_sources_are_not_any if {
	sg_ingress_any.deny == set() with input as object.remove(rule(cover), ["any"])
}

test_a_group_that_nothing_bears_says_so if {
	idle := object.union(rule(cover), {"group": {"attached": false, "bearers": []}})
	some denial in sg_ingress_any.deny with input as idle
	denial.args.unattached == true
}

test_not_knowing_who_bears_it_is_not_unattached if {
	document := object.union(
		object.remove(rule(cover), ["group"]),
		{"group": {"id": "sg-0c1d", "name": "", "bearers": []}},
	)
	some denial in sg_ingress_any.deny with input as document
	denial.args.unattached == false
	denial.args.group == "sg-0c1d"
}
