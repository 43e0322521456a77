package zoneproof.rules.flow_declared_expired_test

import data.zoneproof.rules.flow_declared_expired

flow := {"name": "wallet-api", "owner": "payments", "expires": "2026-11-20", "expired": false}

test_a_flow_in_force_passes if {
	flow_declared_expired.deny == set() with input as flow
}

test_an_expired_flow_is_denied if {
	denials := flow_declared_expired.deny with input as object.union(flow, {"expired": true})
	denials == {{"args": {"flow": "wallet-api", "owner": "payments", "expires": "2026-11-20"}}}
}
