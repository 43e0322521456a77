package zoneproof.rules.authz_plaintext_hole_test

import data.zoneproof.rules.authz_plaintext_hole

policy(action, effects) := {
	"name": "cards/vault",
	"effects": object.union({"action": action}, effects),
}

hole := {"rule": 0, "path": "/spec/rules/0/from/0/source", "workloads": ["cards/vault"]}

test_a_rule_that_only_excludes if {
	authz_plaintext_hole.deny == {{
		"args": {"name": "cards/vault", "action": "ALLOW", "rule": 1, "workloads": ["cards/vault"]},
		"path": "/spec/rules/0/from/0/source",
	}} with input as policy("ALLOW", {"plaintext_holes": [hole]})
}

test_each_rule_is_a_finding if {
	second := object.union(hole, {"rule": 1, "path": "/spec/rules/1/from/0/source"})
	count(authz_plaintext_hole.deny) == 2 with input as policy("DENY", {"plaintext_holes": [hole, second]})
}

test_nobody_gets_around if {
	authz_plaintext_hole.deny == set() with input as policy("DENY", {"plaintext_holes": []})
}
