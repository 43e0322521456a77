package zoneproof.rules.gateway_plaintext_test

import data.zoneproof.rules.gateway_plaintext

server := {"path": "/spec/servers/0", "port": 8080, "protocol": "HTTP", "hosts": ["*"], "every_service": true}

gateway(servers) := {"name": "ingress/public", "workloads": ["ingress/gateway"], "plaintext": servers}

test_plain_http if {
	gateway_plaintext.deny == {{
		"args": {
			"name": "ingress/public",
			"protocol": "HTTP",
			"port": 8080,
			"hosts": ["*"],
			"workloads": ["ingress/gateway"],
		},
		"path": "/spec/servers/0",
		"connections": ["tcp/8080"],
	}} with input as gateway([server])
}

test_each_server_is_a_finding if {
	second := object.union(server, {"path": "/spec/servers/1", "port": 9000, "protocol": "TCP"})
	count(gateway_plaintext.deny) == 2 with input as gateway([server, second])
}

test_tls_everywhere if {
	gateway_plaintext.deny == set() with input as gateway([])
}
