package zoneproof.rules.envoy_filter_in_cde_test

import data.zoneproof.rules.envoy_filter_in_cde

filter(applies) := {
	"kind": "envoy-filter",
	"name": "cards/lua",
	"applies": applies,
	"everything": false,
	"workloads": ["cards/vault"],
}

test_it_applies if {
	envoy_filter_in_cde.deny == {{"args": {
		"kind": "envoy-filter",
		"name": "cards/lua",
		"everything": false,
		"workloads": ["cards/vault"],
	}}} with input as filter(true)
}

test_it_is_about_nothing_in_scope if {
	envoy_filter_in_cde.deny == set() with input as filter(false)
}
