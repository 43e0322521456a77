package zoneproof.rules.service_node_port_in_cde_test

import data.zoneproof.rules.service_node_port_in_cde

service(load_balancer, cover) := {
	"name": "cards/vault",
	"node_ports": object.union({"connections": ["tcp/30443"], "load_balancer": load_balancer}, cover),
}

beyond := [{"addresses": [], "connections": ["tcp/30443"]}]

found(balanced, approved, expired) := {{
	"args": {
		"name": "cards/vault",
		"beyond": {"tcp/30443"},
		"balanced": balanced,
		"approved": approved,
		"expired": expired,
	},
	"path": "/spec/type",
	"connections": {"tcp/30443"},
}}

test_a_port_on_every_node_is_denied if {
	cover := {"approved_by": [], "expired": [], "beyond": beyond}
	service_node_port_in_cde.deny == found(false, [], []) with input as service(false, cover)
}

test_one_that_a_load_balancer_uses_is_denied_and_says_so if {
	cover := {"approved_by": [], "expired": [], "beyond": beyond}
	service_node_port_in_cde.deny == found(true, [], []) with input as service(true, cover)
}

test_an_expired_flow_is_named if {
	cover := {"approved_by": [], "expired": ["vault-nodes"], "beyond": beyond}
	service_node_port_in_cde.deny == found(false, [], ["vault-nodes"]) with input as service(false, cover)
}

test_an_approved_port_passes if {
	cover := {"approved_by": ["vault-nodes"], "expired": [], "beyond": []}
	service_node_port_in_cde.deny == set() with input as service(false, cover)
}

test_a_service_without_node_ports_passes if {
	service_node_port_in_cde.deny == set() with input as {"name": "cards/vault"}
}
