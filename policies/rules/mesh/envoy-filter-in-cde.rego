# METADATA
# title: Extension of proxies in scope
# description: An EnvoyFilter or WasmPlugin changes the proxies of workloads in scope.
# custom:
#   id: envoy-filter-in-cde
#   kind: [envoy-filter, wasm-plugin]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["1.3.1"]
#   title: { ko: "범위 안 프록시의 확장" }
#   why:
#     en: "An EnvoyFilter or WasmPlugin can take out, reorder or answer before the filters that enforce policies and mTLS. With one in place, what the policies say is no evidence of what the proxy does."
#     ko: "EnvoyFilter나 WasmPlugin은 정책과 mTLS를 시행하는 필터를 빼거나 순서를 바꾸거나 그보다 먼저 응답할 수 있습니다. 이것이 있으면 정책의 내용은 프록시가 하는 일의 증거가 되지 못합니다."
#   remediation:
#     en: "Use the API of Istio that does the same, or bind the extension to workloads outside the scope. If it stays, review it and record a waiver with the review."
#     ko: "같은 일을 하는 Istio API를 쓰거나 확장을 범위 밖의 워크로드에만 적용하십시오. 남겨 둔다면 검토하고 그 검토를 예외로 기록하십시오."
#   messages:
#     en: "{kind} `{name}` changes proxies in scope{?everything}, all of its scope{/}{?workloads}: {workloads}{/}"
#     ko: "{kind} `{name}`이(가) 범위 안의 프록시를 바꿉니다{?everything}. 적용 범위 전체가 대상입니다{/}{?workloads}: {workloads}{/}"
package zoneproof.rules.envoy_filter_in_cde

deny contains {"args": {
	"kind": input.kind,
	"name": input.name,
	"everything": input.everything,
	"workloads": input.workloads,
}} if {
	input.applies
}
