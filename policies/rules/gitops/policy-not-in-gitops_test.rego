package zoneproof.rules.policy_not_in_gitops_test

import data.zoneproof.rules.policy_not_in_gitops

policy := {
	"name": "cards/debug",
	"cluster": "wallet-a",
	"policy_kind": "NetworkPolicy",
	"tracked": false,
	"requires_pruning": false,
	"applications": 2,
}

test_no_application_tracks_it if {
	policy_not_in_gitops.deny == {{"args": {
		"kind": "NetworkPolicy",
		"name": "cards/debug",
		"cluster": "wallet-a",
		"by": null,
		"untracked": 2,
	}}} with input as policy
}

test_its_manifest_is_gone if {
	gone := object.union(policy, {"by": "argocd/wallet-a", "requires_pruning": true})
	some denial in policy_not_in_gitops.deny with input as gone
	denial.args.by == "argocd/wallet-a"
	denial.args.untracked == null
}

test_tracked if {
	policy_not_in_gitops.deny == set() with input as object.union(policy, {"tracked": true, "by": "argocd/wallet-a"})
}

test_not_known_whether_it_is_tracked if {
	policy_not_in_gitops.deny == set() with input as object.remove(policy, ["tracked"])
}
