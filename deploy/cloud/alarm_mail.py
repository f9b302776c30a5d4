"""Whether somebody gets the alarms: the address of the parameter AlarmEmail, and AWS's mail that must be confirmed."""

from botocore.exceptions import ClientError

from deploy.cloud import clients
from deploy.cloud.account import Finding, Weight
from deploy.cloud.clients import Clients
from deploy.watching.alarms import PARAMETER, TOPIC

# Stands in the place of a subscription's ARN until somebody presses the link.
_PENDING = "PendingConfirmation"


def finding(aws: Clients, stack: str, address: str) -> Finding:
    """Whether alarms of the deployed stack reach `address`, and what to do if not; "" stands for no address."""
    if not address:
        return Finding(Weight.NOTE, f"nobody is told of alarms: no {PARAMETER} (docs/watching.md, “Switch it on”)")
    try:
        topic = aws.cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=TOPIC)
        arn = topic["StackResourceDetail"]["PhysicalResourceId"]
        pages = aws.sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
        found = [each["SubscriptionArn"] for page in pages for each in page["Subscriptions"] if _is(each, address)]
    except ClientError as error:
        return Finding(Weight.NOTE, f"whether alarms reach {address} is not known: {clients.code(error)}")
    if any(each != _PENDING for each in found):
        return Finding(Weight.WELL, f"alarms are mailed to {address}")
    if found:
        return Finding(
            Weight.NOTE,
            f"alarms are NOT mailed yet: AWS has sent {address} a mail, “AWS Notification - Subscription "
            f"Confirmation”. Somebody must press its link within three days. {_again(arn, address)}",
        )
    return Finding(
        Weight.NOTE, f"alarms are NOT mailed: {address} is not subscribed (any more). {_again(arn, address)}"
    )


def _is(subscription: dict[str, str], address: str) -> bool:
    return subscription["Protocol"] == "email" and subscription["Endpoint"].lower() == address.lower()


def _again(topic: str, address: str) -> str:
    return (
        "To have that mail sent again: "
        f"aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint {address}"
    )
