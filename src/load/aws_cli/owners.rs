//! Which AWS service a network interface belongs to.
//!
//! A store of card numbers must not be a nameless interface, and an entrance that no route shows (Global Accelerator,
//! VPC Lattice, API Gateway …) is seen by its interface alone. AWS tells the owner in three places: the interface's
//! type, who asked for it, and a description that each service words in its own way.

// The tables were compared in October 2026 with the EC2 API reference and with what dumps of real accounts print. Rows
// that neither showed say "not confirmed". A row that never fits does no harm: the interface is `unknown`, not nobody's.

/// Services by interface type. Source: EC2 API reference, `NetworkInterface`, `interfaceType`. `interface`, `efa`,
/// `efa-only`, `trunk` and `branch` are the account's own.
const TYPES: &[(&str, &str)] = &[
    // seen in dumps; the reference does not list it yet
    ("amp_collector", "managed-prometheus"),
    ("api_gateway_managed", "api-gateway-vpc-link"),
    ("aws_codestar_connections_managed", "codeconnections"),
    // seen in dumps; the reference does not list it yet
    ("cloudfront_managed", "cloudfront-vpc-origin"),
    ("ec2_instance_connect_endpoint", "instance-connect-endpoint"),
    ("efs", "efs"),
    ("evs", "evs"),
    ("gateway_load_balancer", "load-balancer"),
    ("gateway_load_balancer_endpoint", "vpc-endpoint"),
    ("global_accelerator_managed", "global-accelerator"),
    ("iot_rules_managed", "iot-rules"),
    ("lambda", "lambda"),
    ("load_balancer", "load-balancer"),
    ("nat_gateway", "nat-gateway"),
    ("natGateway", "nat-gateway"),
    ("network_load_balancer", "load-balancer"),
    ("quicksight", "quicksight"),
    ("transit_gateway", "transit-gateway"),
    ("vpc_endpoint", "vpc-endpoint"),
];

/// Services by who asked for the interface. Source: EC2 API reference, `NetworkInterface`, `requesterId`.
const REQUESTERS: &[(&str, &str)] = &[
    ("amazon-elasticache", "elasticache"),
    ("amazon-elb", "load-balancer"),
    ("amazon-rds", "rds"),
    ("amazon-redshift", "redshift"),
    // not confirmed
    ("amazon-vpc-lattice", "vpc-lattice"),
];

/// Services by how the description begins, in lower case, with where AWS shows or documents it.
const DESCRIPTIONS: &[(&str, &str)] = &[
    // EKS User Guide, "View Amazon EKS networking requirements": `Amazon EKS <cluster>`
    ("amazon eks ", "eks-control-plane"),
    // MSK Developer Guide, "Network interfaces": `DO NOT DELETE - Amazon MSK network interface for cluster …`
    ("do not delete - amazon msk", "msk"),
    ("amazon msk", "msk"),
    // Amazon MQ Developer Guide, "Never modify or delete the Amazon MQ elastic network interface"
    // of which dumps print `Amazon MQ network interface for broker b-…`
    ("amazon mq", "mq"),
    // not confirmed
    ("amazonmq", "mq"),
    // RDS: `RDSNetworkInterface`; proxies: RDS User Guide, "RDS Proxy", `Network interface for DBProxy …`
    ("rdsnetworkinterface", "rds"),
    ("network interface for dbproxy", "rds-proxy"),
    // DocumentDB, Neptune and Aurora use RDS's interfaces; DynamoDB Accelerator: `DAX <cluster>`
    ("dax ", "dax"),
    // ElastiCache User Guide, "Amazon VPCs and ElastiCache security": `ElastiCache <cluster>`
    ("elasticache ", "elasticache"),
    ("elasticache+", "elasticache"),
    // not confirmed
    ("created by amazon elasticache", "elasticache"),
    // MemoryDB Developer Guide, "MemoryDB and Amazon VPC"; the wording is not confirmed
    ("memorydb ", "memorydb"),
    // OpenSearch Service Developer Guide, "VPC support": the description is `ES <domain>`
    ("es ", "opensearch"),
    // not confirmed
    ("opensearch ", "opensearch"),
    // CloudHSM User Guide, "Cluster architecture": `CloudHsm ENI …`, of the former service `CloudHSM Managed Interface`
    ("cloudhsm eni", "cloudhsm"),
    ("cloudhsm managed interface", "cloudhsm"),
    // EFS User Guide, "Managing mount targets": `EFS mount target for fs-… (fsmt-…)`
    ("efs mount target for ", "efs"),
    // FSx for Lustre and Windows: `Created by Amazon FSx …`; not confirmed
    ("created by amazon fsx", "fsx"),
    // Redshift Management Guide, "Redshift-managed VPC endpoints": `RedshiftNetworkInterface`
    ("redshiftnetworkinterface", "redshift"),
    // Lambda Developer Guide, "Giving Lambda functions access to resources in a VPC": `AWS Lambda VPC ENI-<function>-…`
    ("aws lambda vpc eni", "lambda"),
    // Global Accelerator Developer Guide, "Client IP address preservation"; the wording is not confirmed, the type tells
    ("aws global accelerator managed", "global-accelerator"),
    ("amazon global accelerator", "global-accelerator"),
    // CloudFront Developer Guide, "Restrict access with VPC origins": `CloudFront VPC Origin …`; the wording is not confirmed
    ("cloudfront vpc origin", "cloudfront-vpc-origin"),
    ("cloudfront-vpcorigin", "cloudfront-vpc-origin"),
    // API Gateway Developer Guide, "VPC links for HTTP APIs": `ENI managed by APIGateway`
    ("eni managed by apigateway", "api-gateway-vpc-link"),
    // not confirmed
    ("api gateway vpc link", "api-gateway-vpc-link"),
    ("vpc link ", "api-gateway-vpc-link"),
    // VPC Lattice User Guide, "Resource gateways"; the wording is not confirmed
    ("vpc lattice", "vpc-lattice"),
    ("resource gateway interface", "vpc-lattice"),
    // Client VPN Administrator Guide, "Target networks": `ClientVPN Endpoint resource`
    ("clientvpn endpoint", "client-vpn"),
    // Verified Access User Guide, "Load balancer, network interface … endpoints"; the wording is not confirmed
    ("verifiedaccess endpoint", "verified-access"),
    ("verified access", "verified-access"),
    // EC2 User Guide, "EC2 Instance Connect Endpoint": `Instance Connect Endpoint (id: eice-…)`
    ("instance connect endpoint", "instance-connect-endpoint"),
    // not confirmed
    ("ec2 instance connect endpoint", "instance-connect-endpoint"),
    // Route 53 Developer Guide, "Resolver endpoints": `Route 53 Resolver: rslvr-in-…`
    ("route 53 resolver", "route53-resolver"),
    // Directory Service Administration Guide: `AWS created network interface for directory d-…`
    ("aws created network interface for directory", "directory-service"),
    // Elastic Load Balancing: `ELB app/<name>/<id>`, `ELB net/…`, `ELB <classic name>`
    ("elb ", "load-balancer"),
    // VPC User Guide, "NAT gateways": `Interface for NAT Gateway nat-…`
    ("interface for nat gateway", "nat-gateway"),
    // AWS PrivateLink Guide: `VPC Endpoint Interface vpce-…`
    ("vpc endpoint interface", "vpc-endpoint"),
    // Transit Gateways Guide: `Network Interface for Transit Gateway Attachment tgw-attach-…`
    ("network interface for transit gateway attachment", "transit-gateway"),
    // Glue Developer Guide, "Connecting to a JDBC data store in a VPC"
    ("attached to glue", "glue"),
    // DMS User Guide: `DMSNetworkInterface`
    ("dmsnetworkinterface", "dms"),
    // CodeBuild User Guide, "Use CodeBuild with a VPC"
    ("aws codebuild", "codebuild"),
    // Developer Tools Console User Guide, connections to hosts in a VPC
    ("aws codestar connections", "codeconnections"),
    // DataSync User Guide, "How DataSync works with VPCs": `datasync <location>`
    ("datasync ", "datasync"),
    // Data Firehose Developer Guide, destinations in a VPC
    ("amazon kinesis firehose", "firehose"),
    // EMR Management Guide, clusters in a private subnet
    ("aws elasticmapreduce", "emr"),
    // SageMaker Developer Guide, notebook instances in a VPC: `[Do not delete] Network Interface created to access resources in your VPC for SageMaker …`
    ("[do not delete] network interface created to access resources in your vpc for sagemaker", "sagemaker"),
    // the same guide, Studio in a VPC: `[DO NOT DELETE] ENI managed by SageMaker for Studio Domain(d-…) - …`
    ("[do not delete] eni managed by sagemaker", "sagemaker"),
    // ECS Developer Guide, `awsvpc` mode: the description is the attachment's ARN
    ("arn:aws:ecs:", "ecs"),
    // WorkSpaces Administration Guide: `Created By Amazon Workspaces for AWS Account ID …`
    ("created by amazon workspaces", "workspaces"),
    // Network Firewall and others reach VPCs through endpoints of Gateway Load Balancers; not confirmed
    ("network firewall", "network-firewall"),
    // not confirmed
    ("dms ", "dms"),
];

/// The service that an interface belongs to, by what AWS tells of it: none for an interface of the account's own,
/// `unknown` where a service manages it and nothing says which.
pub(super) fn service(kind: &str, managed: bool, requester: &str, description: &str) -> Option<&'static str> {
    let description = description.to_ascii_lowercase();
    let exact = |table: &[(&str, &'static str)], given: &str| {
        table.iter().find(|(known, _)| *known == given).map(|(_, service)| *service)
    };
    // the type is the API's own word, but `interface` stands for most of them
    exact(TYPES, kind)
        .or_else(|| DESCRIPTIONS.iter().find(|(start, _)| description.starts_with(start)).map(|(_, service)| *service))
        .or_else(|| exact(REQUESTERS, requester))
        .or_else(|| managed.then_some("unknown"))
}

#[cfg(test)]
mod tests {
    use super::service;

    #[test]
    fn owners_are_told_by_type_description_or_requester() {
        for (kind, managed, requester, description, owner) in [
            ("interface", true, "amazon-rds", "RDSNetworkInterface", Some("rds")),
            ("interface", true, "amazon-elasticache", "ElastiCache wallet-sessions-001", Some("elasticache")),
            ("interface", true, "", "DO NOT DELETE - Amazon MSK network interface for cluster arn:…", Some("msk")),
            ("interface", true, "", "ES wallet-search", Some("opensearch")),
            ("interface", true, "", "EFS mount target for fs-0a1b (fsmt-0c2d)", Some("efs")),
            ("efs", true, "", "", Some("efs")),
            ("interface", true, "amazon-redshift", "", Some("redshift")),
            ("interface", true, "", "Amazon MQ network interface for broker b-1", Some("mq")),
            ("lambda", true, "", "AWS Lambda VPC ENI-fraud-score-1", Some("lambda")),
            ("global_accelerator_managed", true, "", "", Some("global-accelerator")),
            ("api_gateway_managed", true, "", "", Some("api-gateway-vpc-link")),
            ("interface", true, "", "ClientVPN Endpoint resource", Some("client-vpn")),
            ("interface", false, "AROA:AmazonEKS", "Amazon EKS wallet-a", Some("eks-control-plane")),
            ("interface", true, "amazon-elb", "ELB app/web/50dc6c495c0c9188", Some("load-balancer")),
            ("nat_gateway", true, "", "", Some("nat-gateway")),
            ("interface", true, "", "Route 53 Resolver: rslvr-in-1:rni-1", Some("route53-resolver")),
            ("interface", true, "", "CloudHsm ENI", Some("cloudhsm")),
            ("interface", true, "", "ENI managed by APIGateway", Some("api-gateway-vpc-link")),
            ("interface", true, "", "Instance Connect Endpoint (id: eice-0a1b)", Some("instance-connect-endpoint")),
            (
                "interface",
                true,
                "",
                "[DO NOT DELETE] ENI managed by SageMaker for Studio Domain(d-1)",
                Some("sagemaker"),
            ),
            ("cloudfront_managed", true, "", "", Some("cloudfront-vpc-origin")),
            ("branch", false, "", "aws-k8s-branch-eni", None),
            ("interface", true, "", "Something new", Some("unknown")),
            ("interface", false, "", "", None),
            ("interface", false, "", "essential spare", None),
        ] {
            assert_eq!(service(kind, managed, requester, description), owner, "{kind} {requester} {description}");
        }
    }
}
