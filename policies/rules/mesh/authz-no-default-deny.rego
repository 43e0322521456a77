# METADATA
# title: No default deny in the mesh
# description: An in-scope namespace of the mesh has no enforced ALLOW policy about all its workloads, so what no policy is about is open to all.
# custom:
#   id: authz-no-default-deny
#   kind: [namespace]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1", "7.2.1"]
#   title: { ko: 메시에 기본 거부가 없음 }
#   why:
#     en: A workload that no ALLOW policy is about is open to everybody who can reach it. With a default deny a forgotten policy is an outage, not a hole.
#     ko: 어떤 ALLOW 정책도 다루지 않는 워크로드는 닿을 수 있는 누구에게나 열려 있습니다. 기본 거부가 있으면 빠진 정책은 구멍이 아니라 장애가 됩니다.
#   remediation:
#     en: Add an AuthorizationPolicy with an empty `spec` to the namespace, or to the mesh's root namespace.
#     ko: 네임스페이스 또는 메시의 루트 네임스페이스에 `spec`이 비어 있는 AuthorizationPolicy를 추가하십시오.
#   messages:
#     en: "namespace `{name}` has no default deny{?open}; open to all: {open}{/}"
#     ko: "네임스페이스 `{name}`에 기본 거부가 없습니다{?open}; 모두에게 열린 워크로드: {open}{/}"
package zoneproof.rules.authz_no_default_deny

deny contains {"args": {"name": input.name, "open": input.authorization.open_workloads}} if {
	input.mesh.enrolled
	input.authorization.default_deny == false
}
