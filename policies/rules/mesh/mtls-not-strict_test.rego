package zoneproof.rules.mtls_not_strict_test

import data.zoneproof.rules.mtls_not_strict

namespace := {
	"kind": "namespace",
	"name": "cards",
	"mesh": {"enrolled": true},
	"mtls": {"mode": "PERMISSIVE", "by": "Istio's default", "scope": "default", "open_ports": []},
}

workload := {
	"kind": "workload",
	"name": "cards/vault",
	"in_mesh": true,
	"mtls": {
		"mode": "STRICT",
		"by": "cards/vault",
		"by_id": "wallet/cards/PeerAuthentication/vault",
		"scope": "workload",
		"open_ports": ["8080 PERMISSIVE", "9090 DISABLE"],
	},
}

test_nobody_said_anything if {
	mtls_not_strict.deny == {{"args": {
		"subject": "namespace",
		"name": "cards",
		"mode": "PERMISSIVE",
		"by": "Istio's default",
		"ports": [],
	}}} with input as namespace
}

test_a_policy_says_so_and_is_where_to_look if {
	said := object.union(namespace, {"mtls": {
		"mode": "DISABLE",
		"by": "cards/default",
		"by_id": "wallet/cards/PeerAuthentication/default",
		"scope": "namespace",
	}})
	mtls_not_strict.deny == {{
		"args": {
			"subject": "namespace",
			"name": "cards",
			"mode": "DISABLE",
			"by": "cards/default",
			"ports": [],
		},
		"at": "wallet/cards/PeerAuthentication/default",
		"path": "/spec/mtls/mode",
	}} with input as said
}

test_several_open_ports_of_a_strict_workload if {
	mtls_not_strict.deny == {{
		"args": {
			"subject": "workload",
			"name": "cards/vault",
			"mode": "STRICT",
			"by": "cards/vault",
			"ports": ["8080 PERMISSIVE", "9090 DISABLE"],
		},
		"at": "wallet/cards/PeerAuthentication/vault",
		"path": "/spec/portLevelMtls",
	}} with input as workload
}

test_strict if {
	mtls_not_strict.deny == set() with input as object.union(namespace, {"mtls": {"mode": "STRICT"}})
	mtls_not_strict.deny == set() with input as object.union(workload, {"mtls": {"open_ports": []}})
}

test_not_in_the_mesh if {
	mtls_not_strict.deny == set() with input as object.union(namespace, {"mesh": {"enrolled": false}})
	mtls_not_strict.deny == set() with input as object.union(workload, {"in_mesh": false})
}

test_the_namespace_speaks_for_workloads_without_a_policy if {
	inherits := object.union(workload, {"mtls": {"mode": "PERMISSIVE", "scope": "namespace", "open_ports": []}})
	mtls_not_strict.deny == set() with input as inherits
}

test_what_is_not_known_is_no_violation if {
	mtls_not_strict.deny == set() with input as object.remove(namespace, ["mesh"])
	mtls_not_strict.deny == set() with input as object.remove(workload, ["in_mesh"])

	ambiguous := {"by": "cards/a, cards/b", "scope": "namespace", "open_ports": []}
	mtls_not_strict.deny == set() with input as object.union(object.remove(namespace, ["mtls"]), {"mtls": ambiguous})
}
