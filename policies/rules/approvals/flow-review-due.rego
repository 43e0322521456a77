# METADATA
# title: Declared flow whose review is due
# description: A declared flow in force that was last reviewed, or approved if it was never reviewed, more than six months ago.
# custom:
#   id: flow-review-due
#   kind: [declared-flow]
#   severity: medium
#   requirements: ["1.2.7"]
#   title: { ko: 검토 기한이 지난 선언 흐름 }
#   why:
#     en: PCI DSS 1.2.7 asks for a review of network security controls every six months. A flow that nobody looked at for longer is approved for a need that may be gone.
#     ko: PCI DSS 1.2.7은 네트워크 보안 통제를 6개월마다 검토하도록 요구합니다. 그보다 오래 아무도 살펴보지 않은 흐름은 이미 사라진 필요를 위해 승인되어 있을 수 있습니다.
#   remediation:
#     en: Ask the owner whether the flow is still needed as it stands. If so, record the day in `reviewed`; if not, narrow or remove it.
#     ko: 흐름이 지금 그대로 필요한지 소유자에게 확인하십시오. 필요하다면 그 날짜를 `reviewed`에 기록하고, 아니라면 좁히거나 제거하십시오.
#   messages:
#     en: "flow `{flow}` of {owner} was last looked at on {looked_at}, more than six months ago"
#     ko: "{owner} 소유의 흐름 `{flow}`을(를) 마지막으로 확인한 날은 {looked_at}이며 6개월이 넘었습니다"
package zoneproof.rules.flow_review_due

deny contains {"args": {"flow": input.name, "owner": input.owner, "looked_at": input.looked_at}} if {
	input.review_due

	# an expired flow is not in force: what is due then is a new approval
	not input.expired
}
