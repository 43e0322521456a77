# METADATA
# title: Security group refers to another zone's group
# description: A rule of an in-scope security group names a group behind another border, and no declared flow covers it.
# custom:
#   id: sg-cross-zone-reference
#   kind: [security-group-rule]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1", "1.3.2", "1.2.5"]
#   title: { ko: 다른 구역의 그룹을 참조하는 보안 그룹 }
#   why:
#     en: Whoever may attach the other zone's group to a machine decides who gets in. That decision is made on the far side of the border.
#     ko: 다른 구역의 그룹을 장비에 붙일 수 있는 사람이 누가 들어올지를 정합니다. 그 결정은 경계 너머에서 내려집니다.
#   remediation:
#     en: Remove the reference. If the opening is meant, declare a flow between the two borders with these ports.
#     ko: 참조를 지우십시오. 의도한 개방이라면 두 경계 사이의 흐름을 이 포트로 선언하십시오.
#   messages:
#     en: "`{group}` allows {direction} with group `{peer}` of {borders} on {beyond}{?approved}; flow {approved} covers the rest{/}{?expired}; flow {expired} has expired{/}{?unattached} (the group is attached to nothing){/}"
#     ko: "`{group}` 그룹의 {direction} 규칙이 {borders}의 `{peer}` 그룹에 {beyond}(으)로 열려 있습니다{?approved}; 나머지는 흐름 {approved}이(가) 승인합니다{/}{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}{?unattached} (아무것도 이 그룹을 쓰지 않습니다){/}"
package zoneproof.rules.sg_cross_zone_reference

import data.zoneproof.lib.cover
import data.zoneproof.lib.group

deny contains {
	"args": {
		"group": group.label(input.group),
		"direction": input.direction,
		"peer": input.peer,
		"borders": borders,
		"beyond": cover.beyond(openings),
		"approved": cover.approved(input.group_crossings),
		"expired": cover.expired(input.group_crossings),
		"unattached": group.unattached(input.group),
	},
	"border": sprintf("%s %s %s", [input.zone.border, arrows[input.direction], concat(", ", borders)]),
	"connections": cover.connections(openings),
	"related": [owner | some opening in openings; some owner in opening.owners],
} if {
	# nearly all rules of groups cross nothing: told before anything is called
	count(input.group_crossings) > 0
	openings := cover.uncovered(input.group_crossings)
	count(openings) > 0
	borders := {opening.border | some opening in openings}
}

arrows := {"ingress": "<-", "egress": "->"}
