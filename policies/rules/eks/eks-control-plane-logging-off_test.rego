package zoneproof.rules.eks_control_plane_logging_off_test

import data.zoneproof.rules.eks_control_plane_logging_off

test_a_log_is_off if {
	found := eks_control_plane_logging_off.deny with input as {"name": "wallet", "logs_missing": ["audit"]}
	found == {{"args": {"name": "wallet", "missing": ["audit"]}}}
}

test_all_three_are_on if {
	eks_control_plane_logging_off.deny == set() with input as {"name": "wallet", "logs_missing": []}
}

test_not_knowing_denies_nothing if {
	eks_control_plane_logging_off.deny == set() with input as {"name": "wallet"}
}
