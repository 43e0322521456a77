package zoneproof.rules.service_external_ip_test

import data.zoneproof.rules.service_external_ip

test_external_addresses_are_denied if {
	service_external_ip.deny == {{
		"args": {"name": "cards/vault", "addresses": ["203.0.113.9"]},
		"path": "/spec/externalIPs",
	}} with input as {"name": "cards/vault", "asset": {"external_ips": ["203.0.113.9"]}}
}

test_none_pass if {
	service_external_ip.deny == set() with input as {"name": "cards/vault", "asset": {"external_ips": []}}
}
