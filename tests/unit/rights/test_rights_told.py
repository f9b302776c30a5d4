"""docs/operations.md lists which function may write what: its table agrees with the policies."""

import re
from pathlib import Path

from tests.unit.rights import policies
from tests.unit.rights.iam import Grant

OPERATIONS = (Path(__file__).parents[3] / "docs/operations.md").read_text(encoding="utf-8")
COLUMNS = ("table", "deletes", "files", "mail, queues, itself")
ROW = re.compile(r"^\| `(\w+)` \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)
PUTTING = ("dynamodb:PartiQLInsert", "dynamodb:PutItem", "dynamodb:UpdateItem")
DELETING = ("dynamodb:BatchWriteItem", "dynamodb:DeleteItem")
ELSE = {
    "ses:SendRawEmail": "sends as the shops",
    "sms-voice:SendTextMessage": "sends text messages",
    "social-messaging:SendWhatsAppMessage": "answers by WhatsApp",
    "social-messaging:GetWhatsAppMessageMedia": "fetches files by WhatsApp",
    "sqs:SendMessage": "puts on queues",
    "sqs:DeleteMessage": "takes from queues",
    "lambda:InvokeFunction": "runs itself",
    "sns:Publish": "passes bells on",
    "execute-api:ManageConnections": "rings",
}
FILES = {"s3:PutObject": "", "s3:PutObjectTagging": "tags ", "s3:DeleteObjectVersion": "deletes "}


def row(function: str) -> tuple[str, ...]:
    granted = [grant for grant in policies.policy(function) if grant.allows]
    files = {FILES[g.action] + place(g) for g in granted if g.action in FILES}
    more = [words for action, words in ELSE.items() if any(grant.action == action for grant in granted)]
    return (keys(granted, PUTTING), keys(granted, DELETING), ", ".join(sorted(files)), ", ".join(more))


def keys(granted: list[Grant], actions: tuple[str, ...]) -> str:
    found = {key for grant in granted if grant.action in actions for c in grant.conditions for key in c.values}
    return " ".join(f"`{key.removesuffix('*')}`" for key in sorted(found))


def place(grant: Grant) -> str:
    return f"`{grant.resource.partition('/')[2].removesuffix('*')}`"


def test_the_documents_table_agrees_with_the_policies() -> None:
    told = {found[0]: tuple(found[1:]) for found in ROW.findall(OPERATIONS) if found[0] in policies.functions()}
    assert told == {function: row(function) for function in policies.functions()}
