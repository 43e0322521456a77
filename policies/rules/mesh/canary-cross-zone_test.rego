package zoneproof.rules.canary_cross_zone_test

import data.zoneproof.rules.canary_cross_zone

canary := {
	"path": "/spec/http/0/route/1",
	"host": "offers.campaigns.svc.cluster.local",
	"border": "no-pci/prod",
	"weight": 0,
	"mirror": false,
	"connections": ["tcp/80"],
	"approved_by": [],
	"expired": [],
	"beyond": [{"addresses": [], "connections": ["tcp/80"]}],
}

service(crossings) := {"name": "wallet/api", "zone": {"border": "pci/prod"}, "crossings": crossings}

test_a_share_of_nothing_counts if {
	canary_cross_zone.deny == {{
		"args": {
			"name": "wallet/api",
			"host": "offers.campaigns.svc.cluster.local",
			"border": "no-pci/prod",
			"weight": "0",
			"mirror": false,
			"beyond": {"tcp/80"},
			"approved": [],
			"expired": [],
		},
		"path": "/spec/http/0/route/1",
		"border": "pci/prod -> no-pci/prod",
		"connections": {"tcp/80"},
	}} with input as service([canary])
}

test_a_mirror if {
	some denial in canary_cross_zone.deny with input as service([object.union(
		object.remove(canary, ["weight"]),
		{"mirror": true},
	)])
	denial.args.mirror
	denial.args.weight == ""
}

test_a_flow_covers_it if {
	covered := object.union(canary, {"approved_by": ["offers"], "beyond": []})
	canary_cross_zone.deny == set() with input as service([covered])
}

test_all_stays_inside if {
	canary_cross_zone.deny == set() with input as service([])
}
