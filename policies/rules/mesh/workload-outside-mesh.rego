# METADATA
# title: Workload without a proxy in a namespace of the mesh
# description: Pods of a workload in an in-scope namespace of the mesh have no proxy, because injection is switched off or because they run without one.
# custom:
#   id: workload-outside-mesh
#   kind: [workload]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1"]
#   title: { ko: "메시 네임스페이스에서 프록시가 없는 워크로드" }
#   why:
#     en: "Policies and mTLS are enforced by the proxy of the destination. A pod without one takes whatever reaches it, while the policies of its namespace say otherwise."
#     ko: "정책과 mTLS는 목적지의 프록시가 시행합니다. 프록시가 없는 파드는 네임스페이스의 정책이 무엇이라 하든 닿는 것을 모두 받아들입니다."
#   remediation:
#     en: "Remove `sidecar.istio.io/inject: \"false\"`, and restart pods that are older than the label of the namespace."
#     ko: "`sidecar.istio.io/inject: \"false\"`를 없애고 네임스페이스의 레이블보다 오래된 파드를 다시 시작하십시오."
#   messages:
#     en: "workload `{name}` has no proxy ({by}){?pods}; {pods} of {running} running pods{/}"
#     ko: "워크로드 `{name}`에 프록시가 없습니다({by}){?pods}. 실행 중인 파드 {running}개 가운데 {pods}개{/}"
package zoneproof.rules.workload_outside_mesh

deny contains {"args": {
	"name": input.name,
	"by": outside.by,
	"pods": counted(outside.pods),
	"running": outside.running,
}} if {
	outside := input.proxies.outside
}

# Of a manifest alone nothing runs.
counted(pods) := pods if pods > 0

counted(0) := null
