//! The names in a host of AWS: cluster or workgroup, and region.

/// The domains of AWS's partitions (botocore 1.44, `partitions.json`).
const SUFFIXES: [&str; 7] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
];

/// The part of a name that AWS gives to an endpoint in a VPC, which names no cluster and no
/// workgroup (issue aws/amazon-redshift-jdbc-driver 137).
const VPC_ENDPOINT: &str = "-endpoint-";

/// The number of digits of an account.
const ACCOUNT_DIGITS: usize = 12;

/// The names in a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AwsHost {
    /// `CLUSTER.HASH.REGION.redshift.amazonaws.com`
    Cluster {
        /// The cluster's identifier.
        cluster: String,
        /// The region.
        region: String,
    },
    /// `WORKGROUP.ACCOUNT.REGION.redshift-serverless.amazonaws.com`
    Workgroup {
        /// The workgroup's name.
        workgroup: String,
        /// The region.
        region: String,
    },
    /// The endpoint of a VPC, whose name is its own.
    VpcEndpoint {
        /// The region.
        region: String,
    },
    /// A host that says nothing: a tunnel, a load balancer, a domain of one's own.
    Other,
}

impl AwsHost {
    /// Reads a host name, in any letter case: names in the DNS have none.
    pub(super) fn read(host: &str) -> Self {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let mut parts = host.splitn(5, '.');
        let mut part = || parts.next().unwrap_or_default();
        let (name, owner, region, service, suffix) = (part(), part(), part(), part(), part());
        if !SUFFIXES.contains(&suffix) || !is_region(region) {
            return Self::Other;
        }
        let region = region.to_owned();
        match service {
            "redshift" | "redshift-serverless" if name.contains(VPC_ENDPOINT) => {
                Self::VpcEndpoint { region }
            }
            "redshift" if is_cluster_name(name) => {
                Self::Cluster { cluster: name.to_owned(), region }
            }
            "redshift-serverless" if is_account(owner) => {
                Self::Workgroup { workgroup: name.to_owned(), region }
            }
            _ => Self::Other,
        }
    }

    /// The region, if the host names it.
    pub fn region(&self) -> Option<&str> {
        match self {
            Self::Cluster { region, .. }
            | Self::Workgroup { region, .. }
            | Self::VpcEndpoint { region } => Some(region),
            Self::Other => None,
        }
    }
}

/// True for a region's name: `eu-west-1`, `us-gov-west-1`.
pub fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [names @ .., number] = parts.as_slice() else {
        return false;
    };
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    names.len() >= 2
        && names.iter().all(is_word)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// True for a cluster's identifier (Redshift API, CreateCluster: 1 to 63 letters, digits and
/// hyphens, the first one a letter).
pub fn is_cluster_name(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_account(text: &str) -> bool {
    text.len() == ACCOUNT_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_of_aws_names_cluster_or_workgroup_and_region() {
        let cluster = |cluster: &str, region: &str| AwsHost::Cluster {
            cluster: cluster.to_owned(),
            region: region.to_owned(),
        };
        let workgroup = |workgroup: &str, region: &str| AwsHost::Workgroup {
            workgroup: workgroup.to_owned(),
            region: region.to_owned(),
        };
        let vpc = |region: &str| AwsHost::VpcEndpoint { region: region.to_owned() };
        for (host, expected) in [
            ("sales.abc123.eu-west-1.redshift.amazonaws.com", cluster("sales", "eu-west-1")),
            ("Sales.ABC123.EU-West-1.Redshift.AmazonAWS.com.", cluster("sales", "eu-west-1")),
            ("s.a.cn-north-1.redshift.amazonaws.com.cn", cluster("s", "cn-north-1")),
            ("s.a.us-iso-east-1.redshift.c2s.ic.gov", cluster("s", "us-iso-east-1")),
            (
                "default.123456789012.eu-west-1.redshift-serverless.amazonaws.com",
                workgroup("default", "eu-west-1"),
            ),
            ("etl-endpoint-1a2b.abc.eu-west-1.redshift.amazonaws.com", vpc("eu-west-1")),
            (
                "etl-endpoint-1a2b.123456789012.eu-west-1.redshift-serverless.amazonaws.com",
                vpc("eu-west-1"),
            ),
            ("default.12345.eu-west-1.redshift-serverless.amazonaws.com", AwsHost::Other),
            ("sales.abc.europe.redshift.amazonaws.com", AwsHost::Other),
            ("sales.abc.eu-west-1.redshift.amazonaws.com.example.com", AwsHost::Other),
            ("nlb-1.elb.eu-west-1.amazonaws.com", AwsHost::Other),
            ("127.0.0.1", AwsHost::Other),
            ("", AwsHost::Other),
        ] {
            assert_eq!(AwsHost::read(host), expected, "{host}");
        }
    }
}
