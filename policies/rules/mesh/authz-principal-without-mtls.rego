# METADATA
# title: Policy about identities that never arrive
# description: A rule in scope asks for identities on workloads that have no proxy or where mTLS is switched off.
# custom:
#   id: authz-principal-without-mtls
#   kind: [authorization-policy]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1", "7.2.1"]
#   title: { ko: "도착하지 않는 신원에 기대는 정책" }
#   why:
#     en: "Identities come with mTLS and are checked by a proxy. Where one of the two is missing the policy describes a control that is not there."
#     ko: "신원은 mTLS로 전달되고 프록시가 확인합니다. 둘 가운데 하나라도 없으면 정책은 존재하지 않는 통제를 적은 것에 지나지 않습니다."
#   remediation:
#     en: "Bring the workloads into the mesh and remove `DISABLE`, or select only workloads on which the policy can hold."
#     ko: "워크로드를 메시에 넣고 `DISABLE`을 없애거나, 정책이 효력을 가질 수 있는 워크로드만 선택하십시오."
#   messages:
#     en: "rule {rule} of `{name}` ({action}) rests on identities that never arrive at {workloads}"
#     ko: "`{name}`({action})의 규칙 {rule}이(가) {workloads}에 도착하지 않는 신원에 기대고 있습니다"
package zoneproof.rules.authz_principal_without_mtls

deny contains {
	"args": {
		"name": input.name,
		"action": input.effects.action,
		"rule": lost.rule + 1,
		"workloads": lost.workloads,
	},
	"path": lost.path,
} if {
	some lost in input.effects.lost_identities
}
