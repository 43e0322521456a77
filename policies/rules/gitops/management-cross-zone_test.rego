package zoneproof.rules.management_cross_zone_test

import data.zoneproof.rules.management_cross_zone

wallet := {
	"cluster": "wallet-a",
	"border": "pci/prod",
	"in_scope": true,
	"by": ["application argocd/wallet-a"],
	"by_id": "mgmt/argocd/Application/wallet-a",
}

link := {
	"cluster": "link",
	"border": "link/prod",
	"in_scope": true,
	"by": ["application argocd/link"],
	"by_id": "mgmt/argocd/Application/link",
}

ads := {
	"cluster": "ads",
	"border": "no-pci/prod",
	"in_scope": false,
	"by": ["registration argocd/cluster-ads"],
	"by_id": "mgmt/argocd/Secret/cluster-ads",
}

own := {"cluster": "mgmt", "border": "no-pci/prod", "in_scope": false, "own": true, "by": []}

manager(serves) := {"cluster": "mgmt", "serves": serves}

test_both_sides if {
	management_cross_zone.deny == {{
		"args": {
			"name": "mgmt",
			"inside": {"`wallet-a` (pci/prod)"},
			"outside": "no-pci/prod",
			"clusters": {"ads"},
			"by": {"registration argocd/cluster-ads"},
		},
		"at": "mgmt/argocd/Secret/cluster-ads",
		"path": "/spec/destination",
		"border": "no-pci/prod -> pci/prod",
	}} with input as manager([wallet, ads])
}

test_out_of_scope_and_deploys_into_it if {
	some denial in management_cross_zone.deny with input as manager([wallet, own])
	denial.at == "mgmt/argocd/Application/wallet-a"
	denial.args.by == set()
}

test_each_outside_border_is_a_finding if {
	dev := object.union(ads, {"cluster": "ads-dev", "border": "no-pci/dev"})
	found := {denial.args.outside | some denial in management_cross_zone.deny with input as manager([wallet, ads, dev])}
	found == {"no-pci/prod", "no-pci/dev"}
}

test_all_in_scope if {
	management_cross_zone.deny == set() with input as manager([wallet, link])
}

test_all_out_of_scope if {
	management_cross_zone.deny == set() with input as manager([ads, own])
}

test_nothing_is_known if {
	management_cross_zone.deny == set() with input as manager([])
}
