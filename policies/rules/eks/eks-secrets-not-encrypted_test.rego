package zoneproof.rules.eks_secrets_not_encrypted_test

import data.zoneproof.rules.eks_secrets_not_encrypted

found(key) := denials if {
	denials := eks_secrets_not_encrypted.deny with input as {"name": "wallet", "secrets_key": key}
}

test_a_key_that_aws_owns if {
	found("aws") == {{"args": {"name": "wallet", "aws": true, "none": false}}}
}

test_no_key if {
	found("none") == {{"args": {"name": "wallet", "aws": false, "none": true}}}
}

test_a_key_of_the_account_passes if {
	found("own") == set()
}

test_not_knowing_denies_nothing if {
	eks_secrets_not_encrypted.deny == set() with input as {"name": "wallet"}
}
