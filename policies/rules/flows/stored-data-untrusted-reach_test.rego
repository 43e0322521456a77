package zoneproof.rules.stored_data_untrusted_reach_test

import data.zoneproof.rules.stored_data_untrusted_reach

ads := {
	"border": "no-pci/prod",
	"zone": "no-pci",
	"category": "out-of-scope",
	"internet": false,
	"outside": false,
	"names": ["node group ads/worker"],
}

store := {
	"border": "pci/prod",
	"zone": "pci",
	"category": "cde",
	"internet": false,
	"outside": false,
	"names": ["elasticache behind sg-1"],
}

flow := {
	"from": ads,
	"to": store,
	"connections": ["tcp/6379"],
	"stores": ["wallet-sessions-001 (eni-1)"],
	"decided_by": "sgr-1",
}

categories(category) := {denial.border |
	from := object.union(ads, {"category": category, "border": category})
	some denial in stored_data_untrusted_reach.deny with input as object.union(flow, {"from": from})
}

test_from_out_of_scope_is_denied if {
	denials := stored_data_untrusted_reach.deny with input as flow
	denials == {{
		"args": {
			"from": "node group ads/worker (no-pci/prod)",
			"stores": ["wallet-sessions-001 (eni-1)"],
			"connections": ["tcp/6379"],
		},
		"border": "no-pci/prod -> pci/prod",
		"connections": ["tcp/6379"],
		"related": {"sgr-1"},
	}}
}

test_from_external_is_denied if categories("external") == {"external -> pci/prod"}

# the internet and what no zone claims
test_from_unclassified_is_denied if categories("unclassified") == {"unclassified -> pci/prod"}

test_from_what_is_in_scope_passes if {
	count(categories("cde")) == 0
	count(categories("connected")) == 0
	count(categories("security-impacting")) == 0
}

test_no_store_passes if {
	stored_data_untrusted_reach.deny == set() with input as object.union(flow, {"stores": []})
}

test_an_approval_does_not_make_up_for_it if {
	approved := object.union(flow, {"approved_by": ["reports"], "beyond": []})
	count(stored_data_untrusted_reach.deny) == 1 with input as approved
}

test_a_store_that_nobody_knows_is_not_denied if {
	stored_data_untrusted_reach.deny == set() with input as object.remove(flow, ["stores"])
}
