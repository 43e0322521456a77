# METADATA
# title: Compartment without a zone
# description: A VPC, EKS cluster or namespace for which no tag, label or assignment gives a zone.
# custom:
#   id: zone-unclassified
#   kind: [zone-assignment]
#   severity: high
#   requirements: ["12.5.2"]
#   title: { ko: 구역이 지정되지 않은 VPC·클러스터·네임스페이스 }
#   why:
#     en: What has no zone is untrusted, and nobody can say whether it belongs to the scope of the assessment. Everything in it counts as an outsider until it is classified.
#     ko: 구역이 없으면 신뢰할 수 없으며 평가 범위에 속하는지 아무도 말할 수 없습니다. 분류될 때까지 그 안의 모든 것은 외부로 취급됩니다.
#   remediation:
#     en: Give it the zone tag or label that `classify.zone` names, or assign it in `classify.zone.assign`.
#     ko: "`classify.zone`에 적힌 구역 태그 또는 레이블을 붙이거나 `classify.zone.assign`에서 지정하십시오."
#   messages:
#     en: "{kind} `{name}` has no zone{?value}: `{value}` is not a listed value{/}{?meant}, did you mean `{meant}`?{/}"
#     ko: "{kind} `{name}`에 구역이 없습니다{?value}: `{value}`은(는) 목록에 없는 값입니다{/}{?meant}. 혹시 `{meant}`입니까?{/}"
package zoneproof.rules.zone_unclassified

deny contains {"args": {
	"kind": input.asset_kind,
	"name": input.name,
	"value": object.get(input, "unlisted", ""),
	"meant": object.get(input, "did_you_mean", ""),
}} if {
	input.compartment
	input.zone.category == "unclassified"

	# what lies inside an unclassified compartment follows from it
	not input.enclosing_unclassified
}
