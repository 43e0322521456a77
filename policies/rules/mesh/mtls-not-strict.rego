# METADATA
# title: mTLS not strict
# description: In an in-scope namespace of the mesh, or on a workload with a PeerAuthentication of its own, plaintext is accepted.
# custom:
#   id: mtls-not-strict
#   kind: [namespace, workload]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1", "4.2.1"]
#   title: { ko: STRICT가 아닌 mTLS }
#   why:
#     en: Whoever sends plaintext has no identity. Rules that exclude identities let it in, and rules that admit them rest on nobody leaving the mesh.
#     ko: 평문을 보내는 쪽에는 신원이 없습니다. 신원을 제외하는 규칙은 이를 들여보내고, 신원을 허용하는 규칙은 아무도 메시를 벗어나지 않는다는 데 기댑니다.
#   remediation:
#     en: Set `mtls.mode` to `STRICT` for the namespace or the mesh, and remove exceptions by port or workload.
#     ko: 네임스페이스 또는 메시의 `mtls.mode`를 `STRICT`로 두고 포트나 워크로드의 예외를 없애십시오.
#   messages:
#     en: "{subject} `{name}` accepts plaintext: mode {mode} by {by}{?ports}, ports {ports}{/}"
#     ko: "{subject} `{name}`이(가) 평문을 받아들입니다: {by}에 따른 모드 {mode}{?ports}, 포트 {ports}{/}"
package zoneproof.rules.mtls_not_strict

deny contains object.union(place, {"args": {
	"subject": input.kind,
	"name": input.name,
	"mode": input.mtls.mode,
	"by": input.mtls.by,
	"ports": input.mtls.open_ports,
}}) if {
	judged
	open
}

# A namespace speaks for all workloads that have no policy of their own.
judged if {
	input.kind == "namespace"
	input.mesh.enrolled
}

judged if {
	input.kind == "workload"
	input.mtls.scope == "workload"
	input.in_mesh
}

open if input.mtls.mode != "STRICT"

open if count(input.mtls.open_ports) > 0

place := {"at": input.mtls.by_id, "path": "/spec/portLevelMtls"} if count(input.mtls.open_ports) > 0

else := {"at": input.mtls.by_id, "path": "/spec/mtls/mode"} if input.mtls.by_id

else := {}
