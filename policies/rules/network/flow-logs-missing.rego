# METADATA
# title: VPC without flow logs
# description: Accepted or rejected traffic of an in-scope VPC is recorded by no active flow log of the VPC, nor by logs of all its subnets or interfaces.
# custom:
#   id: flow-logs-missing
#   kind: [vpc]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["10.2.1"]
#   title: { ko: 흐름 로그가 없는 VPC }
#   why:
#     en: Audit logs support the detection and forensic analysis of anomalies. Flow logs are the only record of connections that no host logged, and of those that were refused.
#     ko: 감사 로그는 이상 징후의 탐지와 사후 분석을 뒷받침합니다. 호스트가 기록하지 않은 연결과 거부된 연결의 기록은 흐름 로그뿐입니다.
#   remediation:
#     en: Create a flow log of traffic type ALL for the VPC, and mend logs whose delivery fails.
#     ko: VPC에 트래픽 유형이 ALL인 흐름 로그를 만들고, 전달에 실패하는 로그는 고치십시오.
#   messages:
#     en: "`{name}` has no flow log of {missing} traffic{?subnets} in {subnets}{/}{?broken}; {broken} records nothing{/}"
#     ko: "`{name}`에 {missing} 트래픽의 흐름 로그가 없습니다{?subnets}: {subnets}{/}{?broken}; {broken}은(는) 아무것도 기록하지 않습니다{/}"
package zoneproof.rules.flow_logs_missing

deny contains {
	"args": {
		"name": input.name,
		"missing": input.flow_logs.missing,
		"subnets": input.flow_logs.subnets,
		"broken": input.flow_logs.broken,
	},
	"related": input.flow_logs.subnets,
} if {
	not input.flow_logs.complete
	count(input.flow_logs.missing) > 0
}
