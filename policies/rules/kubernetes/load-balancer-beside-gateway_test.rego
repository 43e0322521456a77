package zoneproof.rules.load_balancer_beside_gateway_test

import data.zoneproof.rules.load_balancer_beside_gateway

asset(kind, entrance) := {"kind": kind, "name": "cards/vault", "entrance": entrance}

beyond := [{"addresses": [], "connections": ["tcp/443"]}]

entrance(more) := object.union({"connections": ["tcp/443"], "approved_by": [], "expired": [], "beyond": beyond}, more)

found(kind, path, public, expired) := {{
	"args": {
		"kind": kind,
		"name": "cards/vault",
		"beyond": {"tcp/443"},
		"public": public,
		"approved": [],
		"expired": expired,
	},
	"path": path,
	"connections": {"tcp/443"},
}}

test_a_service_of_its_own_load_balancer_is_denied if {
	wanted := found("Service", "/spec/type", false, [])
	load_balancer_beside_gateway.deny == wanted with input as asset("service", entrance({"public": false}))
}

test_nobody_says_whether_it_is_public if {
	wanted := found("Service", "/spec/type", false, [])
	load_balancer_beside_gateway.deny == wanted with input as asset("service", entrance({}))
}

test_an_ingress_is_denied if {
	wanted := found("Ingress", "/spec", true, [])
	load_balancer_beside_gateway.deny == wanted with input as asset("ingress", entrance({"public": true}))
}

test_an_expired_flow_is_named if {
	wanted := found("Service", "/spec/type", false, ["vault-in"])
	load_balancer_beside_gateway.deny == wanted with input as asset("service", entrance({"expired": ["vault-in"]}))
}

test_an_approved_entrance_passes if {
	approved := entrance({"approved_by": ["vault-in"], "beyond": []})
	load_balancer_beside_gateway.deny == set() with input as asset("service", approved)
}

test_no_entrance_passes if {
	load_balancer_beside_gateway.deny == set() with input as {"kind": "service", "name": "cards/vault"}
}
