package zoneproof.rules.authz_no_default_deny_test

import data.zoneproof.rules.authz_no_default_deny

namespace := {
	"name": "cards",
	"mesh": {"enrolled": true},
	"authorization": {"default_deny": false, "open_workloads": []},
}

test_no_policy_about_all if {
	authz_no_default_deny.deny == {{"args": {"name": "cards", "open": []}}} with input as namespace
}

test_open_workloads_are_named if {
	open := object.union(namespace, {"authorization": {"open_workloads": ["cards/authorizer", "cards/vault"]}})
	authz_no_default_deny.deny == {{"args": {
		"name": "cards",
		"open": ["cards/authorizer", "cards/vault"],
	}}} with input as open
}

test_default_deny if {
	denied := object.union(namespace, {"authorization": {"default_deny": true, "by": "cards/allow-nothing"}})
	authz_no_default_deny.deny == set() with input as denied
}

test_not_known_whether_one_is_there if {
	unlisted := object.union(object.remove(namespace, ["authorization"]), {"authorization": {"by": "cards/allow-nothing"}})
	authz_no_default_deny.deny == set() with input as unlisted
}

test_not_in_the_mesh if {
	authz_no_default_deny.deny == set() with input as object.union(namespace, {"mesh": {"enrolled": false}})
}

test_not_known_whether_it_is_in_the_mesh if {
	authz_no_default_deny.deny == set() with input as object.union(
		object.remove(namespace, ["mesh"]),
		{"mesh": {"by": "no Namespace object"}},
	)
}
