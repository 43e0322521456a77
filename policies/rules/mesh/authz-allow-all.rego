# METADATA
# title: Policy that lets everybody in
# description: A rule of an enforced ALLOW policy in scope has no positive restriction on the source, and no declared flow from the internet covers it.
# custom:
#   id: authz-allow-all
#   kind: [authorization-policy]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1", "7.2.1"]
#   title: { ko: 누구나 들여보내는 정책 }
#   why:
#     en: A rule without a source admits every identity and every plaintext client, from whichever zone. A rule that only excludes some admits all others.
#     ko: 출발지가 없는 규칙은 어느 구역에서 오든 모든 신원과 모든 평문 클라이언트를 허용합니다. 일부만 제외하는 규칙은 나머지 모두를 허용합니다.
#   remediation:
#     en: Name the principals that need it under `from`. If everybody is meant, declare a flow from `internet` to this namespace with these ports.
#     ko: 필요한 주체를 `from`에 적으십시오. 모두에게 허용하려는 것이라면 `internet`에서 이 네임스페이스로 오는 흐름을 이 포트로 선언하십시오.
#   messages:
#     en: "rule {rule} of `{name}` lets everybody in on {beyond}{?approved}; flow {approved} covers the rest{/}{?expired}; flow {expired} has expired{/}{?workloads} (workloads: {workloads}){/}"
#     ko: "`{name}`의 규칙 {rule}이(가) 누구나 {beyond}(으)로 들여보냅니다{?approved}; 나머지는 흐름 {approved}이(가) 승인합니다{/}{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}{?workloads} (워크로드: {workloads}){/}"
package zoneproof.rules.authz_allow_all

import data.zoneproof.lib.cover

deny contains {
	"args": {
		"name": input.name,
		"rule": opening.rule + 1,
		"beyond": cover.beyond([opening]),
		"approved": opening.approved_by,
		"expired": opening.expired,
		"workloads": input.workloads,
	},
	"path": opening.path,
	"border": sprintf("anybody -> %s", [input.zone.border]),
	"connections": cover.connections([opening]),
} if {
	some opening in cover.uncovered(input.everybody)
}
