package zoneproof.rules.elb_internet_facing_in_cde_test

import data.zoneproof.rules.elb_internet_facing_in_cde

document(cover) := {"name": "web", "zone": {"border": "pci/prod"}, "internet_facing": cover}

test_an_internal_one_passes if {
	elb_internet_facing_in_cde.deny == set() with input as {"name": "web", "zone": {"border": "pci/prod"}}
}

test_what_is_approved_whole_passes if {
	cover := {"approved_by": ["web"], "expired": [], "beyond": []}
	elb_internet_facing_in_cde.deny == set() with input as document(cover)
}

test_what_lies_beyond_is_denied if {
	cover := {"approved_by": ["web"], "expired": ["old"], "beyond": [{"addresses": [], "connections": ["tcp/8443"]}]}
	some denial in elb_internet_facing_in_cde.deny with input as document(cover)
	denial.connections == {"tcp/8443"}
	denial.border == "internet -> pci/prod"
	denial.args.expired == ["old"]
}
