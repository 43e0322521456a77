package zoneproof.rules.workload_outside_mesh_test

import data.zoneproof.rules.workload_outside_mesh

workload(proxies) := {"name": "cards/vault", "proxies": proxies}

test_injection_is_off if {
	off := {"by": "label sidecar.istio.io/inject", "pods": 0, "running": 0}
	workload_outside_mesh.deny == {{"args": {
		"name": "cards/vault",
		"by": "label sidecar.istio.io/inject",
		"pods": null,
		"running": 0,
	}}} with input as workload({"outside": off})
}

test_pods_run_without_one if {
	some denial in workload_outside_mesh.deny with input as workload({"outside": {
		"by": "no istio-proxy container",
		"pods": 1,
		"running": 3,
	}})
	denial.args.pods == 1
	denial.args.running == 3
}

test_proxies_everywhere if {
	workload_outside_mesh.deny == set() with input as workload({"bypasses": []})
}
