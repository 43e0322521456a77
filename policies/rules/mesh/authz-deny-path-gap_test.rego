package zoneproof.rules.authz_deny_path_gap_test

import data.zoneproof.rules.authz_deny_path_gap

policy(action, effects) := {
	"name": "cards/vault",
	"effects": object.union({"action": action}, effects),
}

gap := {
	"rule": 0,
	"path": "/spec/rules/0/to/0/operation/paths/0",
	"value": "/admin",
	"missed": ["/admin/", "/admin;x"],
}

test_an_exact_path if {
	authz_deny_path_gap.deny == {{
		"args": {
			"name": "cards/vault",
			"action": "DENY",
			"rule": 1,
			"value": "/admin",
			"missed": ["/admin/", "/admin;x"],
		},
		"path": "/spec/rules/0/to/0/operation/paths/0",
	}} with input as policy("DENY", {"path_gaps": [gap]})
}

test_no_gap if {
	authz_deny_path_gap.deny == set() with input as policy("DENY", {"path_gaps": []})
}
