package zoneproof.rules.egress_any_test

import data.zoneproof.rules.egress_any

namespace(outbound) := {"kind": "namespace", "name": "cards", "mesh_scope": {"outbound": outbound}}

test_the_mesh_lets_out if {
	egress_any.deny == {{"args": {
		"subject": "namespace",
		"name": "cards",
		"by": "mesh configuration",
		"workloads": [],
	}}} with input as namespace({"open": true, "by": "mesh configuration", "workloads": []})
}

test_a_sidecar_lets_out_and_is_where_to_look if {
	some denial in egress_any.deny with input as namespace({
		"open": true,
		"by": "cards/default",
		"by_id": "wallet/cards/Sidecar/default",
		"workloads": [],
	})
	denial.at == "wallet/cards/Sidecar/default"
	denial.path == "/spec/outboundTrafficPolicy"
}

test_a_workload_of_its_own if {
	some denial in egress_any.deny with input as namespace({
		"open": false,
		"by": "mesh configuration",
		"workloads": ["cards/vault"],
	})
	denial.args.workloads == ["cards/vault"]
}

test_every_host if {
	count(egress_any.deny) == 1 with input as {"kind": "service-entry", "name": "cards/all", "every_host": true}
	egress_any.deny == set() with input as {"kind": "service-entry", "name": "cards/hsm", "every_host": false}
}

test_registry_only if {
	egress_any.deny == set() with input as namespace({"open": false, "by": "mesh configuration", "workloads": []})
}

test_not_known if {
	egress_any.deny == set() with input as namespace({"by": "mesh configuration", "workloads": []})
}
