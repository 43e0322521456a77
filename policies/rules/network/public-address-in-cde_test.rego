package zoneproof.rules.public_address_in_cde_test

import data.zoneproof.rules.public_address_in_cde

interface := {
	"name": "eni-023e",
	"holder": "i-0f97",
	"zone": {"border": "pci/prod"},
	"public": ["198.51.100.9"],
	"blocked": false,
	"nat": false,
	"approved_by": [],
	"expired": [],
}

test_has_a_public_address if {
	public_address_in_cde.deny == {{
		"args": {
			"name": "eni-023e",
			"holder": "i-0f97",
			"border": "pci/prod",
			"addresses": ["198.51.100.9"],
			"expired": [],
		},
		"border": "internet -> pci/prod",
	}} with input as interface
}

test_has_none if {
	public_address_in_cde.deny == set() with input as object.union(interface, {"public": []})
}

test_a_flow_leads_there if {
	public_address_in_cde.deny == set() with input as object.union(interface, {"approved_by": ["wallet-api"]})
}

test_a_nat_gateway if {
	public_address_in_cde.deny == set() with input as object.union(interface, {"nat": true})
}

test_block_public_access_shuts_it if {
	public_address_in_cde.deny == set() with input as object.union(interface, {"blocked": true})
}

test_not_knowing_whether_it_is_shut_is_no_violation if {
	public_address_in_cde.deny == set() with input as object.remove(interface, ["blocked"])
}
