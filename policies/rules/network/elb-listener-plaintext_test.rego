package zoneproof.rules.elb_listener_plaintext_test

import data.zoneproof.rules.elb_listener_plaintext

document(plaintext) := {"name": "web/1", "balancer": "web", "asset": {"port": 80}, "plaintext": plaintext}

test_what_only_redirects_passes if elb_listener_plaintext.deny == set() with input as document(false)

test_http_is_denied if {
	some denial in elb_listener_plaintext.deny with input as document(true)
	denial.connections == ["tcp/80"]
}
