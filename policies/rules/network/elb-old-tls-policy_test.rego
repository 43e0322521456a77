package zoneproof.rules.elb_old_tls_policy_test

import data.zoneproof.rules.elb_old_tls_policy

document(tls) := {"name": "web/1", "balancer": "web", "tls": tls}

test_a_listener_without_tls_passes if elb_old_tls_policy.deny == set() with input as {"name": "web/1", "balancer": "web"}

test_tls_1_2_passes if elb_old_tls_policy.deny == set() with input as document({"policy": "p", "minimum": "1.2"})

test_older_ones_are_denied if {
	every minimum in ["1.0", "1.1"] {
		count(elb_old_tls_policy.deny) == 1 with input as document({"policy": "p", "minimum": minimum})
	}
}
