package zoneproof.rules.authz_http_rule_on_tcp_test

import data.zoneproof.rules.authz_http_rule_on_tcp

policy(action, effects) := {
	"name": "cards/vault",
	"effects": object.union({"action": action}, effects),
}

found := {"rule": 0, "path": "/spec/rules/0", "ports": ["cards/vault:9000"], "ambient": false}

test_an_allow_is_dropped if {
	some denial in authz_http_rule_on_tcp.deny with input as policy("ALLOW", {"http_on_tcp": [found]})
	denial.path == "/spec/rules/0"
	denial.args == {
		"name": "cards/vault",
		"rule": 1,
		"ports": ["cards/vault:9000"],
		"allow": true,
		"deny": set(),
		"ambient": false,
	}
}

test_a_deny_denies_more if {
	some denial in authz_http_rule_on_tcp.deny with input as policy("DENY", {"http_on_tcp": [found]})
	denial.args.deny == {true}
}

test_ztunnel if {
	ambient := object.union(found, {"ambient": true})
	some denial in authz_http_rule_on_tcp.deny with input as policy("DENY", {"http_on_tcp": [ambient]})
	denial.args.deny == set()
	denial.args.ambient
}

test_http_ports if {
	authz_http_rule_on_tcp.deny == set() with input as policy("DENY", {"http_on_tcp": []})
}
