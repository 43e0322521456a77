package zoneproof.rules.twin_clusters_differ_test

import data.zoneproof.rules.twin_clusters_differ

mode := {
	"aspect": "mtls",
	"first_cluster": "a",
	"second_cluster": "b",
	"subject": "Namespace cards",
	"first": "STRICT",
	"second": "PERMISSIVE",
}

missing := {
	"aspect": "policy",
	"first_cluster": "a",
	"second_cluster": "b",
	"subject": "NetworkPolicy cards/default-deny",
	"first": "egress true",
}

changed := object.union(missing, {"subject": "NetworkPolicy cards/dns", "second": "egress false"})

test_a_weaker_mode if {
	twin_clusters_differ.deny == {{"args": {
		"first": "a",
		"second": "b",
		"aspect": "mtls",
		"subjects": {"Namespace cards (STRICT | PERMISSIVE)"},
		"legend": false,
	}}} with input as {"differences": [mode]}
}

test_one_finding_for_each_aspect if {
	found := {denial.args.aspect: denial.args.subjects |
		some denial in twin_clusters_differ.deny with input as {"differences": [mode, missing, changed]}
	}
	found == {
		"mtls": {"Namespace cards (STRICT | PERMISSIVE)"},
		"policy": {"NetworkPolicy cards/default-deny (+ | -)", "NetworkPolicy cards/dns (≠)"},
	}
}

test_each_pair_for_itself if {
	third := object.union(mode, {"second_cluster": "c"})
	found := {denial.args.second | some denial in twin_clusters_differ.deny with input as {"differences": [mode, third]}}
	found == {"b", "c"}
}

test_twins if {
	twin_clusters_differ.deny == set() with input as {"differences": []}
}
