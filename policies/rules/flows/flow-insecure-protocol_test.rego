package zoneproof.rules.flow_insecure_protocol_test

import data.zoneproof.rules.flow_insecure_protocol

partners := {
	"border": "partners",
	"zone": "partners",
	"category": "external",
	"internet": false,
	"outside": true,
	"names": ["203.0.113.0/24"],
}

link := {
	"border": "link/prod",
	"zone": "link",
	"category": "connected",
	"internet": false,
	"outside": false,
	"names": ["link-networks"],
}

flow := {
	"from": link,
	"to": partners,
	"insecure_by": ["clearing-files"],
	"insecure": ["tcp/21 (FTP)"],
	"decided_by": "sgr-1",
}

test_a_declared_flow_that_does_not_say_what_secures_it_is_denied if {
	denials := flow_insecure_protocol.deny with input as flow
	denials == {{
		"args": {
			"from": "link-networks (link/prod)",
			"to": "partners",
			"protocols": ["tcp/21 (FTP)"],
			"approved": ["clearing-files"],
		},
		"border": "link/prod -> partners",
		"connections": ["tcp/21 (FTP)"],
		"related": {"sgr-1"},
	}}
}

# what `security-features` make up for is not listed, nor is what nobody approved: that is another rule's
test_nothing_in_the_clear_passes if {
	flow_insecure_protocol.deny == set() with input as object.union(flow, {"insecure": []})
}
