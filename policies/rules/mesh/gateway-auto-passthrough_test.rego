package zoneproof.rules.gateway_auto_passthrough_test

import data.zoneproof.rules.gateway_auto_passthrough

server := {"path": "/spec/servers/0", "port": 15443, "protocol": "TLS", "hosts": ["*.local"], "every_service": true}

gateway(servers) := {"name": "ingress/eastwest", "auto_passthrough": servers}

test_every_service if {
	gateway_auto_passthrough.deny == {{
		"args": {"name": "ingress/eastwest", "port": 15443, "hosts": ["*.local"], "every": true},
		"path": "/spec/servers/0",
		"connections": ["tcp/15443"],
	}} with input as gateway([server])
}

test_some_services if {
	some denial in gateway_auto_passthrough.deny with input as gateway([object.union(server, {
		"hosts": ["*.wallet.svc.cluster.local"],
		"every_service": false,
	})])
	denial.args.every == false
}

test_no_such_server if {
	gateway_auto_passthrough.deny == set() with input as gateway([])
}
