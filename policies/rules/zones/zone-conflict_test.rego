package zoneproof.rules.zone_conflict_test

import data.zoneproof.rules.zone_conflict

zone := {
	"aspect": "zone",
	"own": "no-pci",
	"own_by": "tag `pci-zone`",
	"key": "pci-zone",
	"against": "pci",
	"against_by": "vpc vpc-0ad5",
}

environment := {
	"aspect": "environment",
	"own": "dev",
	"own_by": "tag `env`",
	"key": "env",
	"against": "prod",
	"against_by": "vpc vpc-0ad5",
}

unlisted := {
	"aspect": "zone",
	"own": "blue",
	"own_by": "label `example.com/pci-zone`",
	"key": "example.com/pci-zone",
	"against_by": "label `pci-zone` of wallet",
}

group(conflicts) := {"asset_kind": "security-group", "name": "sg-0c1d", "conflicts": conflicts}

test_contradicts_its_compartment if {
	zone_conflict.deny == {{
		"args": {
			"kind": "security-group",
			"name": "sg-0c1d",
			"aspect": "zone",
			"own": "no-pci",
			"by": "tag `pci-zone`",
			"against": "pci",
			"against_by": "vpc vpc-0ad5",
			"unlisted": false,
		},
		"path": "/metadata/labels/pci-zone",
	}} with input as group([zone])
}

test_contradicts_the_environment if {
	some denial in zone_conflict.deny with input as group([environment])
	denial.args.aspect == "environment"
	denial.args.own == "dev"
	denial.args.against == "prod"
}

# A slash in the key is written `~1` in a JSON pointer.
test_a_value_that_is_not_listed_stands_against_nothing if {
	zone_conflict.deny == {{
		"args": {
			"kind": "security-group",
			"name": "sg-0c1d",
			"aspect": "zone",
			"own": "blue",
			"by": "label `example.com/pci-zone`",
			"against": "",
			"against_by": "label `pci-zone` of wallet",
			"unlisted": true,
		},
		"path": "/metadata/labels/example.com~1pci-zone",
	}} with input as group([unlisted])
}

test_two_keys_of_one_asset if {
	keys := object.union(zone, {"against_by": "tag `zone`"})
	some denial in zone_conflict.deny with input as group([keys])
	denial.args.by == "tag `pci-zone`"
	denial.args.against_by == "tag `zone`"
}

test_each_conflict_is_a_finding if {
	count(zone_conflict.deny) == 3 with input as group([zone, environment, unlisted])
}

test_no_conflict if {
	zone_conflict.deny == set() with input as group([])
}
