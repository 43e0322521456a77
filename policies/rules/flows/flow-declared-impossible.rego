# METADATA
# title: Declared flow that nothing can use
# description: No connection that a declared flow covers passes the network, or may pass it.
# custom:
#   id: flow-declared-impossible
#   kind: [declared-flow-reach]
#   severity: low
#   requirements: ["1.2.7"]
#   title: { ko: 실제로는 불가능한 선언 흐름 }
#   why:
#     en: "An approval that nothing uses hides a mistake: either the network is shut where the business expects it to be open, or the approval outlived its need and waits for a hole to cover."
#     ko: 쓰이지 않는 승인은 실수를 감춥니다. 업무상 열려 있어야 할 곳이 닫혀 있거나, 필요가 사라진 승인이 남아 앞으로 생길 구멍을 가리게 됩니다.
#   remediation:
#     en: Remove the declared flow, or mend its ends and ports.
#     ko: 선언된 흐름을 제거하거나 양 끝과 포트를 바로잡으십시오.
#   messages:
#     en: "nothing passes the network that flow `{flow}` of {owner} approves"
#     ko: "{owner} 소유의 흐름 `{flow}`이(가) 승인하는 연결 가운데 네트워크를 통과하는 것이 없습니다"
package zoneproof.rules.flow_declared_impossible

deny contains {"args": {"flow": input.name, "owner": input.owner}} if {
	input.possible == false
}
