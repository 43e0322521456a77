package zoneproof.rules.environment_mixed_test

import data.zoneproof.rules.environment_mixed

prod := {"environment": "prod", "members": ["cards"], "ids": ["wallet//Namespace/cards"]}

dev := {"environment": "dev", "members": ["cards-dev"], "ids": ["wallet//Namespace/cards-dev"]}

test_two_environments_in_a_cluster if {
	arn := "arn:aws:eks:ap-northeast-2:111122223333:cluster/wallet"
	document := {
		"kind": "cluster", "name": arn, "cluster": "wallet",
		"environments": {"mixed": true, "held": [dev, prod]},
	}
	environment_mixed.deny == {{
		"args": {"kind": "cluster", "name": "wallet", "environments": ["dev (cards-dev)", "prod (cards)"]},
		"related": ["wallet//Namespace/cards-dev", "wallet//Namespace/cards"],
	}} with input as document
}

test_the_vpc_itself_is_one_of_them if {
	itself := {"environment": "prod", "members": [], "ids": []}
	document := {"kind": "vpc", "name": "vpc-0a1b", "environments": {"mixed": true, "held": [itself, dev]}}
	environment_mixed.deny == {{
		"args": {"kind": "vpc", "name": "vpc-0a1b", "environments": ["prod", "dev (cards-dev)"]},
		"related": ["wallet//Namespace/cards-dev"],
	}} with input as document
}

test_one_environment_passes if {
	document := {"kind": "vpc", "name": "vpc-0a1b", "environments": {"mixed": false, "held": [prod]}}
	environment_mixed.deny == set() with input as document
}
