package zoneproof.rules.mesh_bypass_annotation_test

import data.zoneproof.rules.mesh_bypass_annotation

workload(bypasses) := {"name": "cards/vault", "proxies": {"bypasses": bypasses}}

excluded := {"key": "traffic.sidecar.istio.io/excludeInboundPorts", "value": "9102", "direction": "inbound"}

test_a_port_left_out if {
	mesh_bypass_annotation.deny == {{"args": {
		"name": "cards/vault",
		"both": false,
		"inbound": true,
		"outbound": false,
		"key": "traffic.sidecar.istio.io/excludeInboundPorts",
		"value": "9102",
	}}} with input as workload([excluded])
}

test_each_is_a_finding if {
	outbound := {"key": "traffic.sidecar.istio.io/excludeOutboundPorts", "value": "3306", "direction": "outbound"}
	count(mesh_bypass_annotation.deny) == 2 with input as workload([excluded, outbound])
}

test_nothing_goes_around if {
	mesh_bypass_annotation.deny == set() with input as workload([])
}
