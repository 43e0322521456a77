package zoneproof.rules.namespace_not_in_mesh_test

import data.zoneproof.rules.namespace_not_in_mesh

namespace(scope) := {"name": "cards", "mesh": {"by": "no label"}, "mesh_scope": scope}

test_outside_a_mesh_that_runs if {
	namespace_not_in_mesh.deny == {{"args": {
		"name": "cards",
		"by": "no label",
		"workloads": ["cards/vault"],
	}}} with input as namespace({"outside": true, "workloads": ["cards/vault"]})
}

test_inside if {
	namespace_not_in_mesh.deny == set() with input as namespace({"outside": false, "workloads": ["cards/vault"]})
}

test_not_known if {
	namespace_not_in_mesh.deny == set() with input as namespace({"workloads": ["cards/vault"]})
}
