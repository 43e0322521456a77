# METADATA
# title: Policy that plaintext gets around
# description: A rule in scope admits all but some identities, or denies some identities, on workloads that accept plaintext.
# custom:
#   id: authz-plaintext-hole
#   kind: [authorization-policy]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1", "7.2.1"]
#   title: { ko: "평문이 우회하는 정책" }
#   why:
#     en: "Whoever sends plaintext has no identity. An ALLOW that only excludes identities admits it, and a DENY that names identities does not match it. So a peer that should be kept out need only leave the mesh."
#     ko: "평문을 보내는 쪽에는 신원이 없습니다. 신원을 제외하기만 하는 ALLOW는 이를 허용하고, 신원을 지정한 DENY는 여기에 해당하지 않습니다. 막아야 할 상대가 메시를 벗어나기만 하면 됩니다."
#   remediation:
#     en: "Set mTLS to `STRICT` for these workloads, or name in an ALLOW who may come in. A DENY with `notPrincipals: ['*']` keeps plaintext out."
#     ko: "이 워크로드의 mTLS를 `STRICT`로 두거나 들어올 수 있는 신원을 ALLOW에 적으십시오. `notPrincipals: ['*']`를 가진 DENY도 평문을 막습니다."
#   messages:
#     en: "plaintext gets around rule {rule} of `{name}` ({action}) on {workloads}"
#     ko: "평문이 `{name}`({action})의 규칙 {rule}을(를) 우회합니다. 대상: {workloads}"
package zoneproof.rules.authz_plaintext_hole

deny contains {
	"args": {
		"name": input.name,
		"action": input.effects.action,
		"rule": hole.rule + 1,
		"workloads": hole.workloads,
	},
	"path": hole.path,
} if {
	some hole in input.effects.plaintext_holes
}
