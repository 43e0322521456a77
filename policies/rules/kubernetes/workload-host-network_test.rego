package zoneproof.rules.workload_host_network_test

import data.zoneproof.rules.workload_host_network

workload(host_network, ports) := {
	"name": "monitoring/node-exporter",
	"system": false,
	"asset": {"host_network": host_network, "ports": ports},
}

test_the_node_s_network_is_denied if {
	workload_host_network.deny == {{"args": {
		"name": "monitoring/node-exporter",
		"ports": {9100},
	}}} with input as workload(true, [{"name": "metrics", "port": 9100, "protocol": "TCP"}])
}

test_ports_need_not_be_named if {
	workload_host_network.deny == {{"args": {
		"name": "monitoring/node-exporter",
		"ports": set(),
	}}} with input as workload(true, [])
}

test_a_network_of_its_own_passes if {
	workload_host_network.deny == set() with input as workload(false, [])
}

test_the_cluster_s_own_namespaces_pass if {
	cni := object.union(workload(true, []), {"name": "kube-system/aws-node", "system": true})
	workload_host_network.deny == set() with input as cni
}
