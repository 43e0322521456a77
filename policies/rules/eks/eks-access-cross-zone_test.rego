package zoneproof.rules.eks_access_cross_zone_test

import data.zoneproof.rules.eks_access_cross_zone

entry(access) := {
	"zone": {"border": "pci/prod"},
	"asset": {"cluster": "wallet"},
	"access": object.union(
		{
			"account": "777788889999",
			"principal": "role/deployer",
			"border": "no-pci/prod",
			"admin": true,
			"crosses": true,
			"approved_by": [],
			"expired": [],
			"beyond": [{"addresses": [], "connections": ["tcp/443"]}],
		},
		access,
	),
}

test_a_role_of_another_zone if {
	eks_access_cross_zone.deny == {{
		"args": {
			"cluster": "wallet",
			"principal": "role/deployer",
			"account": "777788889999",
			"border": "no-pci/prod",
			"admin": true,
			"expired": [],
		},
		"border": "no-pci/prod -> pci/prod",
	}} with input as entry({})
}

test_policies_that_were_not_collected_make_no_administrator if {
	document := entry({})
	less := object.union(
		object.remove(document, ["access"]),
		{"access": object.remove(document.access, ["admin"])},
	)
	some denial in eks_access_cross_zone.deny with input as less
	denial.args.admin == false
}

test_a_flow_covers_it if {
	eks_access_cross_zone.deny == set() with input as entry({"approved_by": ["argocd"], "beyond": []})
}

test_the_cluster_s_own_border_passes if {
	eks_access_cross_zone.deny == set() with input as entry({"crosses": false, "beyond": []})
}

test_a_cluster_whose_entries_are_known_denies_nothing_itself if {
	eks_access_cross_zone.deny == set() with input as {"zone": {"border": "pci/prod"}, "access": {"entries": 2}}
}
