# METADATA
# title: Contradicting zone
# description: A tag or label contradicts the compartment that the asset stands in, or another key of the same asset, or is not a listed value.
# custom:
#   id: zone-conflict
#   kind: [zone-assignment]
#   severity: high
#   requirements: ["12.5.2", "1.3.1"]
#   title: { ko: 서로 모순되는 구역 }
#   why:
#     en: Labels are set by those whom a zone keeps out. A contradicting one never lowers a guard here, but whoever reads it is misled, and so is every control that trusts labels.
#     ko: 레이블은 구역이 막아야 할 사람도 붙일 수 있습니다. 여기서는 모순되는 레이블이 보호 수준을 낮추지 않지만, 이를 읽는 사람과 레이블을 믿는 모든 통제가 오도됩니다.
#   remediation:
#     en: Remove or correct the tag or label, move the asset, or assign it in `zoneproof.yaml`.
#     ko: 태그나 레이블을 지우거나 고치십시오. 또는 자산을 옮기거나 `zoneproof.yaml`에서 지정하십시오.
#   messages:
#     en: "{kind} `{name}` says {aspect} `{own}` by {by}{?against}, against `{against}` of {against_by}{/}{?unlisted}, which is not a listed value{/}"
#     ko: "{kind} `{name}`의 {by}은(는) {aspect} `{own}`(이)라고 합니다{?against}: {against_by}의 `{against}`와(과) 모순됩니다{/}{?unlisted}: 목록에 없는 값입니다{/}"
package zoneproof.rules.zone_conflict

deny contains {
	"args": {
		"kind": input.asset_kind,
		"name": input.name,
		"aspect": conflict.aspect,
		"own": conflict.own,
		"by": conflict.own_by,
		"against": against,
		"against_by": conflict.against_by,
		"unlisted": against == "",
	},
	"path": sprintf("/metadata/labels/%s", [replace(conflict.key, "/", "~1")]),
} if {
	some conflict in input.conflicts
	against := object.get(conflict, "against", "")
}
