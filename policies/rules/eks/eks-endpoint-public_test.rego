package zoneproof.rules.eks_endpoint_public_test

import data.zoneproof.rules.eks_endpoint_public

open := {"approved_by": [], "expired": [], "beyond": [{"addresses": [], "connections": ["tcp/443"]}]}

cluster(endpoint) := {"name": "wallet", "zone": {"border": "pci/prod"}, "public_endpoint": endpoint}

test_anybody_may_reach_it if {
	eks_endpoint_public.deny == {{
		"args": {"name": "wallet", "who": {"0.0.0.0/0: tcp/443"}, "approved": [], "expired": []},
		"border": "internet -> pci/prod",
		"connections": {"tcp/443"},
	}} with input as cluster({"any": open, "cidrs": ["0.0.0.0/0"], "crossings": []})
}

test_each_border_is_a_finding if {
	office := object.union(open, {
		"border": "unclassified",
		"beyond": [{"addresses": ["192.0.2.8/32"], "connections": ["tcp/443"]}],
	})
	partner := object.union(open, {"border": "partners"})
	found := eks_endpoint_public.deny with input as cluster({"cidrs": [], "crossings": [office, partner]})
	{denial.border | some denial in found} == {"unclassified -> pci/prod", "partners -> pci/prod"}
	{"unclassified: tcp/443 (192.0.2.8/32)"} in {denial.args.who | some denial in found}
}

test_a_flow_covers_it if {
	covered := {"approved_by": ["admin"], "expired": [], "beyond": [], "border": "unclassified"}
	eks_endpoint_public.deny == set() with input as cluster({"any": covered, "cidrs": [], "crossings": [covered]})
}

test_no_public_endpoint_passes if {
	eks_endpoint_public.deny == set() with input as cluster({"cidrs": [], "crossings": []})
}
