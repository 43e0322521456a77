# METADATA
# title: Security group rule that opens all ports
# description: A rule of an in-scope security group opens all ports of TCP or UDP, or every protocol, to anything but its own group, and no declared flow covers all of it.
# custom:
#   id: sg-all-ports-in-cde
#   kind: [security-group-rule]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.2.5", "1.3.1", "1.3.2"]
#   title: { ko: 모든 포트를 여는 보안 그룹 규칙 }
#   why:
#     en: Only services, protocols and ports that are known, approved and needed may be open. All ports are needed by nothing, and whatever starts to listen tomorrow is open at once.
#     ko: 알려지고 승인되었으며 필요한 서비스, 프로토콜, 포트만 열려 있어야 합니다. 모든 포트가 필요한 것은 없으며, 내일 새로 열리는 서비스도 곧바로 노출됩니다.
#   remediation:
#     en: Open the ports that are used, each with its own rule. Delete the default egress rule that AWS adds to new groups.
#     ko: 실제로 쓰는 포트만 각각의 규칙으로 여십시오. 새 그룹에 AWS가 넣는 기본 송신 규칙은 지우십시오.
#   messages:
#     en: "`{group}` opens {beyond} ({direction}) to `{peer}`{?approved}; flow {approved} covers the rest{/}{?expired}; flow {expired} has expired{/}{?unattached} (the group is attached to nothing){/}"
#     ko: "`{group}` 그룹의 {direction} 규칙이 `{peer}`에 {beyond}을(를) 모두 열어 둡니다{?approved}; 나머지는 흐름 {approved}이(가) 승인합니다{/}{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}{?unattached} (아무것도 이 그룹을 쓰지 않습니다){/}"
package zoneproof.rules.sg_all_ports_in_cde

import data.zoneproof.lib.cover
import data.zoneproof.lib.group

deny contains {
	"args": {
		"group": group.label(input.group),
		"direction": input.direction,
		"peer": input.peer,
		"beyond": cover.connections([input.all_ports]),
		"approved": input.all_ports.approved_by,
		"expired": input.all_ports.expired,
		"unattached": group.unattached(input.group),
	},
	"connections": cover.connections([input.all_ports]),
} if {
	count(input.all_ports.beyond) > 0
}
