package zoneproof.rules.management_cross_environment_test

import data.zoneproof.rules.management_cross_environment

prod := {"name": "prod", "clusters": ["wallet-a", "wallet-b"], "in_scope": true, "by_id": "mgmt/argocd/Application/wallet-a"}

dev := {"name": "dev", "clusters": ["wallet-dev"], "in_scope": true, "by_id": "mgmt/argocd/Application/wallet-dev"}

manager(environments) := {"cluster": "mgmt", "environments": environments}

test_production_and_development if {
	management_cross_environment.deny == {{
		"args": {"name": "mgmt", "environments": {"prod (wallet-a, wallet-b)", "dev (wallet-dev)"}},
		"at": "mgmt/argocd/Application/wallet-dev",
		"path": "/spec/destination",
	}} with input as manager([dev, prod])
}

test_one_of_them_in_scope_is_enough if {
	out := object.union(dev, {"in_scope": false})
	count(management_cross_environment.deny) == 1 with input as manager([out, prod])
}

test_none_in_scope if {
	out := [object.union(environment, {"in_scope": false}) | some environment in [dev, prod]]
	management_cross_environment.deny == set() with input as manager(out)
}

test_one_environment if {
	management_cross_environment.deny == set() with input as manager([prod])
}
