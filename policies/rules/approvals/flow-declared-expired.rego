# METADATA
# title: Declared flow that has expired
# description: A declared flow whose last day is over. It approves nothing any more.
# custom:
#   id: flow-declared-expired
#   kind: [declared-flow]
#   severity: medium
#   requirements: ["1.2.5", "1.2.7"]
#   title: { ko: 만료된 선언 흐름 }
#   why:
#     en: An approval holds for a time. What still uses the flow is no longer approved, and what no longer uses it leaves openings behind that nobody needs.
#     ko: 승인에는 기한이 있습니다. 아직 이 흐름을 쓰는 것은 더 이상 승인된 것이 아니며, 쓰지 않는다면 아무도 필요로 하지 않는 개방이 남아 있는 것입니다.
#   remediation:
#     en: Have the flow reviewed and approved anew with a later `expires`, or remove it together with the openings that it approved.
#     ko: 흐름을 다시 검토하고 승인받아 `expires`를 늦추거나, 흐름이 승인하던 개방과 함께 제거하십시오.
#   messages:
#     en: "flow `{flow}` of {owner} expired on {expires}"
#     ko: "{owner} 소유의 흐름 `{flow}`이(가) {expires}에 만료되었습니다"
package zoneproof.rules.flow_declared_expired

deny contains {"args": {"flow": input.name, "owner": input.owner, "expires": input.expires}} if {
	input.expired
}
