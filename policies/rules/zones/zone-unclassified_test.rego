package zoneproof.rules.zone_unclassified_test

import data.zoneproof.rules.zone_unclassified

assignment := {
	"asset_kind": "vpc",
	"name": "vpc-0ad5",
	"compartment": true,
	"enclosing_unclassified": false,
	"zone": {"name": "unclassified", "category": "unclassified"},
}

test_compartment_without_a_zone if {
	zone_unclassified.deny == {{"args": {
		"kind": "vpc",
		"name": "vpc-0ad5",
		"value": "",
		"meant": "",
	}}} with input as assignment
}

test_unlisted_value_is_named_with_the_nearest if {
	told := object.union(assignment, {"unlisted": "no-pcl", "did_you_mean": "no-pci"})
	zone_unclassified.deny == {{"args": {
		"kind": "vpc",
		"name": "vpc-0ad5",
		"value": "no-pcl",
		"meant": "no-pci",
	}}} with input as told
}

test_unlisted_value_that_is_like_none if {
	told := object.union(assignment, {"unlisted": "blue"})
	zone_unclassified.deny == {{"args": {
		"kind": "vpc",
		"name": "vpc-0ad5",
		"value": "blue",
		"meant": "",
	}}} with input as told
}

test_namespaces_and_clusters_alike if {
	every kind in ["namespace", "eks-cluster"] {
		count(zone_unclassified.deny) == 1 with input as object.union(assignment, {"asset_kind": kind})
	}
}

test_a_zone_was_given if {
	every category in ["cde", "security-impacting", "connected", "out-of-scope", "external"] {
		given := object.union(assignment, {"zone": {"name": "some", "category": category}})
		zone_unclassified.deny == set() with input as given
	}
}

test_what_is_no_compartment_is_not_judged if {
	subnet := object.union(assignment, {"asset_kind": "subnet", "compartment": false})
	zone_unclassified.deny == set() with input as subnet
}

test_the_compartment_around_it_is_where_to_look if {
	inner := object.union(assignment, {"asset_kind": "namespace", "enclosing_unclassified": true})
	zone_unclassified.deny == set() with input as inner
}
