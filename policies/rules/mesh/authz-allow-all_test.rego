package zoneproof.rules.authz_allow_all_test

import data.zoneproof.rules.authz_allow_all

everybody := {
	"rule": 0,
	"path": "/spec/rules/0",
	"connections": ["tcp/80"],
	"approved_by": [],
	"expired": [],
	"beyond": [{"addresses": [], "connections": ["tcp/80"]}],
}

policy(entries) := {
	"name": "wallet/api",
	"zone": {"border": "pci/prod"},
	"workloads": ["wallet/api"],
	"everybody": entries,
}

test_a_rule_without_a_source if {
	authz_allow_all.deny == {{
		"args": {
			"name": "wallet/api",
			"rule": 1,
			"beyond": {"tcp/80"},
			"approved": [],
			"expired": [],
			"workloads": ["wallet/api"],
		},
		"path": "/spec/rules/0",
		"border": "anybody -> pci/prod",
		"connections": {"tcp/80"},
	}} with input as policy([everybody])
}

test_each_rule_is_a_finding_and_counted_from_one if {
	third := object.union(everybody, {"rule": 2, "path": "/spec/rules/2/from/1/source"})
	found := {[denial.args.rule, denial.path] | some denial in authz_allow_all.deny} with input as policy([
		everybody,
		third,
	])
	found == {[1, "/spec/rules/0"], [3, "/spec/rules/2/from/1/source"]}
}

test_what_the_flow_leaves_over if {
	partly := object.union(everybody, {
		"connections": ["tcp/80", "tcp/9090"],
		"approved_by": ["wallet-api"],
		"beyond": [{"addresses": [], "connections": ["tcp/9090"]}],
	})
	some denial in authz_allow_all.deny with input as policy([partly])
	denial.args.approved == ["wallet-api"]
	denial.args.beyond == {"tcp/9090"}
	denial.connections == {"tcp/9090"}
}

test_an_expired_flow_is_named if {
	some denial in authz_allow_all.deny with input as policy([object.union(everybody, {"expired": ["wallet-api"]})])
	denial.args.expired == ["wallet-api"]
}

test_a_covered_rule_beside_an_open_one if {
	covered := object.union(everybody, {"rule": 1, "approved_by": ["wallet-api"], "beyond": []})
	some denial in authz_allow_all.deny with input as policy([everybody, covered])
	denial.args.rule == 1
	count(authz_allow_all.deny) == 1 with input as policy([everybody, covered])
}

test_a_flow_from_the_internet_covers_it if {
	covered := object.union(everybody, {"approved_by": ["wallet-api"], "beyond": []})
	authz_allow_all.deny == set() with input as policy([covered])
}

# Policies that deny, and those that are not enforced, list nobody.
test_no_rule_lets_everybody_in if {
	authz_allow_all.deny == set() with input as policy([])
}
