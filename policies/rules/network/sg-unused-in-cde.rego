# METADATA
# title: Security group that nothing uses
# description: An in-scope security group is attached to nothing. The default group of a VPC, which cannot be deleted, is left out.
# custom:
#   id: sg-unused-in-cde
#   kind: [security-group]
#   zones: [cde, security-impacting, connected]
#   severity: low
#   requirements: ["1.2.7", "2.2.4"]
#   title: { ko: 아무것도 쓰지 않는 보안 그룹 }
#   why:
#     en: What is not needed is removed. An unused group keeps its openings, nobody reviews them, and whoever attaches it next gets them all.
#     ko: 필요하지 않은 것은 지워야 합니다. 쓰이지 않는 그룹에는 열린 규칙이 그대로 남고 아무도 검토하지 않으며, 다음에 이 그룹을 붙이는 자원이 모두 물려받습니다.
#   remediation:
#     en: Delete the group, or attach it to what it was made for.
#     ko: 그룹을 지우거나 본래 쓰려던 자원에 붙이십시오.
#   messages:
#     en: "`{group}` is attached to nothing and holds {rules#rule}"
#     ko: "`{group}` 그룹은 아무것도 쓰지 않으며 규칙 {rules}개가 남아 있습니다"
package zoneproof.rules.sg_unused_in_cde

import data.zoneproof.lib.group

deny contains {"args": {
	"group": group.label({"id": input.name, "name": input.asset.name}),
	"rules": input.rules,
}} if {
	not input.default
	input.attached == false
}
