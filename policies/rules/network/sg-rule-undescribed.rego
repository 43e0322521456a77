# METADATA
# title: Security group rule without a description
# description: A rule of an in-scope security group says nothing of what it is for.
# custom:
#   id: sg-rule-undescribed
#   kind: [security-group-rule]
#   zones: [cde, security-impacting, connected]
#   severity: low
#   requirements: ["1.2.5", "1.2.7"]
#   title: { ko: 설명이 없는 보안 그룹 규칙 }
#   why:
#     en: Every allowed service has a known business need, and rules are reviewed at least every six months. A rule that does not say what it is for can be neither confirmed nor removed with confidence.
#     ko: 허용된 서비스마다 업무상 필요가 알려져 있어야 하고 규칙은 적어도 여섯 달마다 검토해야 합니다. 무엇을 위한 것인지 적혀 있지 않은 규칙은 확신을 갖고 유지할 수도 지울 수도 없습니다.
#   remediation:
#     en: "Describe the rule: who needs it, for what, and under which approval."
#     ko: 누가 무엇 때문에 필요로 하고 어떤 승인에 따른 것인지 규칙의 설명에 적으십시오.
#   messages:
#     en: "`{group}` allows {direction} {connections} with `{peer}`, and nothing says what for"
#     ko: "`{group}` 그룹의 {direction} 규칙이 `{peer}`에 {connections}을(를) 허용하지만 무엇을 위한 것인지 적혀 있지 않습니다"
package zoneproof.rules.sg_rule_undescribed

import data.zoneproof.lib.group

deny contains {"args": {
	"group": group.label(input.group),
	"direction": input.direction,
	"connections": object.get(input, "connections", [input.asset.protocol]),
	"peer": input.peer,
}} if {
	trim_space(input.asset.description) == ""
}
