"""The calls of aws_requests.py, answered by moto in this process: it stands in for AWS too, and is nobody's of ours."""

import os
import runpy

import boto3
from moto import mock_aws

with mock_aws():
    keys = {"region_name": "eu-west-1", "aws_access_key_id": "AKIA", "aws_secret_access_key": "secret"}
    boto3.client("redshift", **keys).create_cluster(
        ClusterIdentifier="sales", NodeType="ra3.large", MasterUsername="awsuser", MasterUserPassword="Passw0rd"
    )
    boto3.client("secretsmanager", **keys).create_secret(Name="prod/sales/etl", SecretString="{}")
    runpy.run_path(os.path.join(os.path.dirname(__file__), "aws_requests.py"))
