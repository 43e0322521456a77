package zoneproof.rules.authz_principal_without_mtls_test

import data.zoneproof.rules.authz_principal_without_mtls

policy(action, effects) := {
	"name": "cards/vault",
	"effects": object.union({"action": action}, effects),
}

lost := {"rule": 0, "path": "/spec/rules/0", "workloads": ["cards/vault"]}

test_no_proxy_or_no_mtls if {
	authz_principal_without_mtls.deny == {{
		"args": {"name": "cards/vault", "action": "ALLOW", "rule": 1, "workloads": ["cards/vault"]},
		"path": "/spec/rules/0",
	}} with input as policy("ALLOW", {"lost_identities": [lost]})
}

test_identities_arrive if {
	authz_principal_without_mtls.deny == set() with input as policy("ALLOW", {"lost_identities": []})
}
