package zoneproof.rules.subnet_public_in_cde_test

import data.zoneproof.rules.subnet_public_in_cde

subnet := {
	"name": "subnet-0fd7",
	"zone": {"border": "pci/prod"},
	"route_table": "rtb-0f0d",
	"public_routes": ["0.0.0.0/0 -> igw-0039"],
	"blocked": false,
	"only_nat": false,
	"approved_by": [],
	"expired": ["old"],
	"asset": {"public_on_launch": true},
}

test_routes_to_the_internet if {
	some denial in subnet_public_in_cde.deny with input as subnet
	denial.border == "internet -> pci/prod"
	denial.args.routes == ["0.0.0.0/0 -> igw-0039"]
	denial.args.launch == true
	denial.args.expired == ["old"]
}

test_no_such_route if {
	subnet_public_in_cde.deny == set() with input as object.union(subnet, {"public_routes": []})
}

test_a_flow_leads_there if {
	subnet_public_in_cde.deny == set() with input as object.union(subnet, {"approved_by": ["wallet-api"]})
}

test_nat_gateways_alone if {
	subnet_public_in_cde.deny == set() with input as object.union(subnet, {"only_nat": true})
}

test_block_public_access_shuts_it if {
	subnet_public_in_cde.deny == set() with input as object.union(subnet, {"blocked": true})
}

test_not_knowing_whether_it_is_shut_is_no_violation if {
	subnet_public_in_cde.deny == set() with input as object.remove(subnet, ["blocked"])
}
