package zoneproof.rules.nlb_without_security_group_test

import data.zoneproof.rules.nlb_without_security_group

test_one_with_groups_passes if {
	nlb_without_security_group.deny == set() with input as {"name": "web"}
}

test_one_that_everybody_may_reach_passes if {
	cover := {"approved_by": ["web"], "expired": [], "beyond": []}
	nlb_without_security_group.deny == set() with input as {"name": "web", "without_groups": cover}
}

test_one_without_groups_is_denied if {
	cover := {"approved_by": [], "expired": [], "beyond": [{"addresses": [], "connections": ["tcp/443"]}]}
	some denial in nlb_without_security_group.deny with input as {"name": "web", "without_groups": cover}
	denial.args.beyond == {"tcp/443"}
}
