# METADATA
# title: Security group open to another zone's addresses
# description: A rule of an in-scope security group holds addresses behind another border (another VPC's, a declared zone's, or nobody's), by CIDR block or prefix list, and no declared flow covers them.
# custom:
#   id: sg-cross-zone-cidr
#   kind: [security-group-rule]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1", "1.3.2", "1.2.5"]
#   title: { ko: 다른 구역의 주소에 열린 보안 그룹 }
#   why:
#     en: What crosses a border is known, needed and approved. A block that is wider than the peer takes in whoever gets an address in it tomorrow.
#     ko: 경계를 넘는 것은 알려지고 필요하며 승인된 것이어야 합니다. 상대보다 넓은 블록은 내일 그 안의 주소를 받는 누구든 들여보냅니다.
#   remediation:
#     en: Narrow the rule to the peers that need it, or refer to their group. If the opening is meant, declare a flow with exactly these addresses and ports.
#     ko: 필요한 상대만 남도록 규칙을 좁히거나 상대의 그룹을 참조하십시오. 의도한 개방이라면 바로 그 주소와 포트로 흐름을 선언하십시오.
#   messages:
#     en: "`{group}` allows {direction} with `{peer}` beyond what is approved, {beyond}{?networks} (declared behind {networks}){/}{?approved}; flow {approved} covers the rest{/}{?expired}; flow {expired} has expired{/}{?unattached} (the group is attached to nothing){/}"
#     ko: "`{group}` 그룹의 {direction} 규칙 `{peer}`이(가) 승인된 것보다 넓게 열려 있습니다, {beyond}{?networks} ({networks} 뒤에 있는 것으로 선언된 네트워크){/}{?approved}; 나머지는 흐름 {approved}이(가) 승인합니다{/}{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}{?unattached} (아무것도 이 그룹을 쓰지 않습니다){/}"
package zoneproof.rules.sg_cross_zone_cidr

import data.zoneproof.lib.cover
import data.zoneproof.lib.group

deny contains {
	"args": {
		"group": group.label(input.group),
		"direction": input.direction,
		"peer": input.peer,
		"beyond": cover.beyond_by_border(openings),
		"approved": cover.approved(input.address_crossings),
		"expired": cover.expired(input.address_crossings),
		"networks": networks,
		"unattached": group.unattached(input.group),
	},
	"border": sprintf("%s %s %s", [input.zone.border, arrows[input.direction], concat(", ", borders)]),
	"connections": cover.connections(openings),
} if {
	# nearly all rules of groups cross nothing: told before anything is called
	count(input.address_crossings) > 0
	openings := cover.uncovered(input.address_crossings)
	count(openings) > 0
	borders := {opening.border | some opening in openings}
	networks := {network | some opening in openings; some network in opening.networks}
}

arrows := {"ingress": "<-", "egress": "->"}
