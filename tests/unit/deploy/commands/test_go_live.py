"""Going live says what is missing, and a second time changes nothing."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from deploy.cloud import dns, mail_domains
from deploy.cloud.clients import Clients
from deploy.cloud.stage import Stage
from deploy.cloud.stops import Stopped
from deploy.cloud.terminal import Terminal
from deploy.commands import go_live
from tests.support import shops
from tests.support.stack.sesv2 import FakeReceiving, FakeSesV2

REGION = "eu-west-1"
DOMAINS = ("care.kettle.example", "help.northlight.example")
RULES = {"OutputKey": "ReceiptRuleSetName", "OutputValue": "ours"}


class World:
    """An account with the stack `aftercare-prod`, and DNS."""

    def __init__(self, active: str = "", outputs: list[dict[str, str]] | None = None, **account: Any) -> None:
        self.sesv2, self.ses = FakeSesV2(**account), FakeReceiving(active)
        self.stack = {"StackStatus": "CREATE_COMPLETE", "Outputs": [RULES] if outputs is None else outputs}
        self.records: dict[tuple[str, str], list[str]] = {}
        self.said: list[str] = []

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        if StackName != "aftercare-prod":
            raise ClientError({"Error": {"Code": "ValidationError", "Message": "does not exist"}}, "DescribeStacks")
        return {"Stacks": [self.stack]}

    def publish(self) -> None:
        """Do what the printed table says, and let SES see it."""
        for domain in DOMAINS:
            for record in mail_domains.records(mail_domains.provide(self.sesv2, domain), REGION):
                self.records[record.name, record.kind] = [record.value]
            self.sesv2.verify(domain)

    def resolve(self, name: str, kind: str) -> list[str]:
        return self.records.get((name, kind), [])

    def go_live(self, stage: str = "prod", resolve: dns.Resolve | None = None, **parameters: str) -> list[str]:
        aws = cast(Clients, SimpleNamespace(cloudformation=self, ses=self.ses, sesv2=self.sesv2))
        terminal = Terminal(say=self.said.append)
        of = Stage(stage, REGION, shops.FILE, parameters)
        return go_live.run(go_live.GoingLive(of, aws, resolve or self.resolve, terminal))

    @property
    def changes(self) -> int:
        return self.sesv2.changes + self.ses.changes


def test_everything_is_done_and_what_the_owner_must_do_is_named() -> None:
    world = World()
    missing = world.go_live()
    assert set(world.sesv2.identities) == set(DOMAINS)
    assert world.ses.active == "ours"
    for domain in DOMAINS:
        assert f"{domain} MX: missing" in missing
        assert sum(domain in sentence for sentence in missing) == 8
    assert "10 inbound-smtp.eu-west-1.amazonaws.com" in "\n".join(world.said)


def test_a_second_time_changes_nothing() -> None:
    world = World()
    world.go_live()
    before = world.changes
    world.go_live()
    world.publish()
    assert world.go_live() == []
    assert world.changes == before
    assert "Live: mail comes in and goes out" in world.said[-1]


@pytest.mark.parametrize("kind", ["CNAME", "A"])
def test_the_customers_domain_must_lead_to_the_api(kind: str) -> None:
    target = {"OutputKey": "DomainTarget", "OutputValue": "d-1.execute-api.example"}
    world = World(outputs=[RULES, target])
    world.go_live(DomainName="care.example")
    world.publish()
    assert world.go_live(DomainName="care.example") == ["care.example CNAME: missing"]
    world.records["d-1.execute-api.example", "A"] = ["192.0.2.8"]
    world.records["care.example", kind] = ["192.0.2.8" if kind == "A" else "d-1.execute-api.example"]
    assert world.go_live(DomainName="care.example") == []


def test_a_foreign_rule_set_stays_the_active_one() -> None:
    world = World(active="theirs")
    world.go_live()
    world.publish()
    (missing,) = world.go_live()
    assert "theirs is active, and it is not ours" in missing
    assert (world.ses.active, world.ses.changes) == ("theirs", 0)


def test_the_sandbox_is_named() -> None:
    world = World(ProductionAccessEnabled=False)
    world.go_live()
    world.publish()
    (missing,) = world.go_live()
    assert "sandbox" in missing


def test_a_stage_without_mail_needs_no_rule_set() -> None:
    world = World(outputs=[])
    world.go_live()
    assert (world.ses.active, world.ses.changes) == ("", 0)
    assert "MailIntake is none" in "\n".join(world.said)


def test_without_dns_one_sentence_says_so() -> None:
    def silent(name: str, kind: str) -> list[str]:
        raise dns.Silent("No name server.")

    missing = World().go_live(resolve=silent)
    assert sum("DNS_SERVER" in sentence for sentence in missing) == len(DOMAINS)


def test_without_dmarc_the_agents_domains_are_named_but_nothing_waits_for_them() -> None:
    world = World()
    world.go_live()
    world.publish()
    world.records["_dmarc.kettle.example", "TXT"] = ["v=DMARC1; p=none"]
    assert world.go_live() == []
    said = world.said[-4:]
    assert any("northlight.example has no DMARC" in sentence for sentence in said)
    assert not any(" kettle.example has no DMARC" in sentence for sentence in said)


@pytest.mark.parametrize("stage", ["staging", "prod"])
def test_there_must_be_a_stack(stage: str) -> None:
    world = World()
    world.stack["StackStatus"] = "ROLLBACK_COMPLETE"
    with pytest.raises(Stopped, match=f"make deploy STAGE={stage}"):
        world.go_live(stage)
