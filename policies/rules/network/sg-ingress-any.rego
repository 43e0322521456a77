# METADATA
# title: Security group open to the internet
# description: A rule of an in-scope security group lets in a /8 or more of the public address space, and no declared flow from the internet covers it.
# custom:
#   id: sg-ingress-any
#   kind: [security-group-rule]
#   zones: [cde, security-impacting, connected]
#   severity: critical
#   requirements: ["1.3.1", "1.4.2"]
#   title: { ko: 인터넷에 열린 보안 그룹 }
#   why:
#     en: Inbound traffic to the cardholder data environment is limited to what is necessary. A source this wide is anybody, and two halves of the internet are the whole of it.
#     ko: 카드회원 데이터 환경으로 들어오는 트래픽은 필요한 것으로 제한되어야 합니다. 이렇게 넓은 출발지는 누구나를 뜻하며, 인터넷의 절반 둘은 인터넷 전체입니다.
#   remediation:
#     en: Narrow the source to the addresses or groups that need it, or remove the rule. If the opening is meant, declare a flow from `internet` with an owner and an approver.
#     ko: 필요한 주소나 그룹으로 출발지를 좁히거나 규칙을 지우십시오. 의도한 개방이라면 소유자와 승인자를 적어 `internet`에서 오는 흐름을 선언하십시오.
#   messages:
#     en: "`{group}` lets anybody (`{peer}`) in on {connections}{?approved}; flow {approved} covers the rest{/}{?expired}; flow {expired} has expired{/}{?unattached} (the group is attached to nothing){/}"
#     ko: "`{group}` 그룹이 누구에게나(`{peer}`) {connections}을(를) 열어 둡니다{?approved}; 나머지는 흐름 {approved}이(가) 승인합니다{/}{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}{?unattached} (아무것도 이 그룹을 쓰지 않습니다){/}"
package zoneproof.rules.sg_ingress_any

import data.zoneproof.lib.cover
import data.zoneproof.lib.group

deny contains {
	"args": {
		"group": group.label(input.group),
		"peer": input.peer,
		"connections": cover.connections([input.any]),
		"approved": input.any.approved_by,
		"expired": input.any.expired,
		"unattached": group.unattached(input.group),
	},
	"border": sprintf("internet -> %s", [input.zone.border]),
	"connections": cover.connections([input.any]),
} if {
	count(input.any.beyond) > 0
}
