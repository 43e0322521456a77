package zoneproof.rules.namespace_no_default_deny_test

import data.zoneproof.rules.namespace_no_default_deny

namespace(ingress, egress) := {
	"name": "cards",
	"system": false,
	"network_policy": {"ingress": ingress, "egress": egress},
}

closed := {"in_force": true, "by": "cards/default-deny"}

open := {"in_force": false}

opened := {"in_force": false, "by": "cards/default-deny", "opened_by": "cards/allow-all"}

test_no_policy_at_all if {
	namespace_no_default_deny.deny == {{"args": {
		"name": "cards",
		"missing": {"ingress", "egress"},
		"opened": set(),
	}}} with input as namespace(open, open)
}

test_one_direction_is_not_both if {
	namespace_no_default_deny.deny == {{"args": {
		"name": "cards",
		"missing": {"egress"},
		"opened": set(),
	}}} with input as namespace(closed, open)
	namespace_no_default_deny.deny == {{"args": {
		"name": "cards",
		"missing": {"ingress"},
		"opened": set(),
	}}} with input as namespace(open, closed)
}

test_a_policy_opens_it_again if {
	namespace_no_default_deny.deny == {{"args": {
		"name": "cards",
		"missing": {"ingress"},
		"opened": {"cards/allow-all"},
	}}} with input as namespace(opened, closed)
}

test_several_policies_open_it_again if {
	out := object.union(opened, {"opened_by": "cards/allow-egress"})
	namespace_no_default_deny.deny == {{"args": {
		"name": "cards",
		"missing": {"ingress", "egress"},
		"opened": {"cards/allow-all", "cards/allow-egress"},
	}}} with input as namespace(opened, out)
}

test_closed_both_ways if {
	namespace_no_default_deny.deny == set() with input as namespace(closed, closed)
}

test_namespaces_of_the_cluster_itself if {
	system := object.union(namespace(open, open), {"name": "kube-system", "system": true})
	namespace_no_default_deny.deny == set() with input as system
}

test_what_is_not_known_is_not_denied if {
	unknown := {"by": "cards/default-deny"}
	namespace_no_default_deny.deny == set() with input as namespace(unknown, closed)
	namespace_no_default_deny.deny == {{"args": {
		"name": "cards",
		"missing": {"egress"},
		"opened": set(),
	}}} with input as namespace(unknown, open)
}
