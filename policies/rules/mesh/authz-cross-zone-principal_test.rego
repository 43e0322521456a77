package zoneproof.rules.authz_cross_zone_principal_test

import data.zoneproof.rules.authz_cross_zone_principal

campaigns := {
	"rule": 0,
	"path": "/spec/rules/0/from/0/source",
	"border": "no-pci/prod",
	"peers": ["ads/campaigns (`pci.example/ns/campaigns/sa/web`)"],
	"connections": ["tcp/80"],
	"approved_by": [],
	"expired": [],
	"beyond": [{"addresses": [], "connections": ["tcp/80"]}],
}

policy(crossings) := {
	"name": "cards/vault",
	"zone": {"border": "pci/prod"},
	"crossings": crossings,
}

test_an_identity_behind_another_border if {
	authz_cross_zone_principal.deny == {{
		"args": {
			"name": "cards/vault",
			"rule": 1,
			"border": "no-pci/prod",
			"peers": ["ads/campaigns (`pci.example/ns/campaigns/sa/web`)"],
			"beyond": {"tcp/80"},
			"approved": [],
			"expired": [],
		},
		"path": "/spec/rules/0/from/0/source",
		"border": "no-pci/prod -> pci/prod",
		"connections": {"tcp/80"},
	}} with input as policy([campaigns])
}

test_each_rule_and_each_border_is_a_finding if {
	blocks := object.union(campaigns, {"border": "unclassified", "peers": ["192.168.0.0/24"]})
	second := object.union(campaigns, {"rule": 1, "path": "/spec/rules/1/from/0/source"})
	found := {[denial.args.rule, denial.border] |
		some denial in authz_cross_zone_principal.deny with input as policy([campaigns, blocks, second])
	}
	found == {[1, "no-pci/prod -> pci/prod"], [1, "unclassified -> pci/prod"], [2, "no-pci/prod -> pci/prod"]}
}

test_what_the_flow_leaves_over if {
	partly := object.union(campaigns, {
		"approved_by": ["vouchers"],
		"beyond": [{"addresses": [], "connections": ["tcp/9000"]}],
	})
	some denial in authz_cross_zone_principal.deny with input as policy([partly])
	denial.args.approved == ["vouchers"]
	denial.args.beyond == {"tcp/9000"}
	denial.connections == {"tcp/9000"}
}

test_an_expired_flow_is_named if {
	expired := object.union(campaigns, {"expired": ["vouchers"]})
	some denial in authz_cross_zone_principal.deny with input as policy([expired])
	denial.args.expired == ["vouchers"]
}

test_a_flow_covers_it if {
	covered := object.union(campaigns, {"approved_by": ["vouchers"], "beyond": []})
	authz_cross_zone_principal.deny == set() with input as policy([covered])
}

test_a_covered_crossing_beside_an_open_one if {
	covered := object.union(campaigns, {"border": "tools/prod", "approved_by": ["metrics"], "beyond": []})
	borders := {denial.border |
		some denial in authz_cross_zone_principal.deny with input as policy([campaigns, covered])
	}
	borders == {"no-pci/prod -> pci/prod"}
}

# Identities of the own border, of policies that deny and of those that are not enforced are not listed.
test_nobody_from_elsewhere if {
	authz_cross_zone_principal.deny == set() with input as policy([])
}

test_an_identity_that_nobody_knows_is_no_violation if {
	unknown := object.union(policy([]), {"unknown": ["crossings"]})
	authz_cross_zone_principal.deny == set() with input as unknown
}
