package zoneproof.rules.privatelink_cross_zone_test

import data.zoneproof.rules.privatelink_cross_zone

crossing := {
	"consumer": "vpce-06ef",
	"consumer_border": "no-pci/prod",
	"provider": "com.amazonaws.vpce.ap-northeast-2.vpce-svc-01",
	"provider_border": "pci/prod",
	"connected": true,
	"approved_by": [],
	"expired": [],
}

document(crossings) := {"name": "vpce-06ef", "crossings": crossings}

test_an_endpoint_leads_over_a_border if {
	some denial in privatelink_cross_zone.deny with input as document([crossing])
	denial.border == "no-pci/prod -> pci/prod"
	denial.args.connected == true
	denial.args.possible == false
}

test_a_principal_may_connect if {
	open := object.union(crossing, {"consumer": "*", "connected": false})
	some denial in privatelink_cross_zone.deny with input as document([open])
	denial.args.connected == false
	denial.args.possible == true
}

test_a_flow_leads_that_way if {
	approved := object.union(crossing, {"approved_by": ["vault"]})
	privatelink_cross_zone.deny == set() with input as document([approved])
}

test_one_side_of_two_is_enough if {
	approved := object.union(crossing, {"consumer": "vpce-07", "approved_by": ["vault"]})
	count(privatelink_cross_zone.deny) == 1 with input as document([approved, crossing])
}

test_no_border_is_crossed if {
	privatelink_cross_zone.deny == set() with input as document([])
}
