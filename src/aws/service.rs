//! The services: names, protocols and endpoints, as in the service models of botocore 1.44.

/// A service of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Redshift,
    RedshiftServerless,
    SecretsManager,
    Sts,
}

/// The form of a service's requests and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// A form in the request, XML in the answer.
    Query { version: &'static str },
    /// JSON 1.1; the action is in a header.
    Json { target: &'static str },
}

impl Service {
    /// The name for signatures and in host names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Redshift => "redshift",
            Self::RedshiftServerless => "redshift-serverless",
            Self::SecretsManager => "secretsmanager",
            Self::Sts => "sts",
        }
    }

    /// The id for `AWS_ENDPOINT_URL_<ID>`, in the form of the configuration file.
    pub fn id(self) -> &'static str {
        match self {
            Self::Redshift => "redshift",
            Self::RedshiftServerless => "redshift_serverless",
            Self::SecretsManager => "secrets_manager",
            Self::Sts => "sts",
        }
    }

    pub fn protocol(self) -> Protocol {
        match self {
            Self::Redshift => Protocol::Query { version: "2012-12-01" },
            Self::Sts => Protocol::Query { version: "2011-06-15" },
            Self::RedshiftServerless => Protocol::Json { target: "RedshiftServerless" },
            Self::SecretsManager => Protocol::Json { target: "secretsmanager" },
        }
    }

    /// The public endpoint in a region.
    pub fn endpoint(self, region: &str, is_fips: bool) -> String {
        let fips = if is_fips { "-fips" } else { "" };
        format!("https://{}{fips}.{region}.{}", self.name(), dns_suffix(region))
    }
}

/// The domain of a region's partition (botocore 1.44, `partitions.json`).
fn dns_suffix(region: &str) -> &'static str {
    const SUFFIXES: [(&str, &str); 6] = [
        ("cn-", "amazonaws.com.cn"),
        ("eusc-", "amazonaws.eu"),
        ("us-iso-", "c2s.ic.gov"),
        ("us-isob-", "sc2s.sgov.gov"),
        ("eu-isoe-", "cloud.adc-e.uk"),
        ("us-isof-", "csp.hci.ic.gov"),
    ];
    let of_partition = SUFFIXES.iter().find(|(prefix, _)| region.starts_with(prefix));
    of_partition.map_or("amazonaws.com", |(_, suffix)| suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_follows_from_service_region_and_partition() {
        for (service, region, is_fips, expected) in [
            (
                Service::Redshift,
                "eu-west-1",
                false,
                "https://redshift.eu-west-1.amazonaws.com",
            ),
            (
                Service::RedshiftServerless,
                "cn-north-1",
                false,
                "https://redshift-serverless.cn-north-1.amazonaws.com.cn",
            ),
            (
                Service::Sts,
                "us-gov-west-1",
                true,
                "https://sts-fips.us-gov-west-1.amazonaws.com",
            ),
            (
                Service::SecretsManager,
                "us-iso-east-1",
                false,
                "https://secretsmanager.us-iso-east-1.c2s.ic.gov",
            ),
        ] {
            assert_eq!(service.endpoint(region, is_fips), expected);
        }
    }
}
