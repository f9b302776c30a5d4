"""SES's identity of a mail domain, and its DNS records."""

import pytest

from deploy.cloud import mail_domains
from deploy.cloud.mail_domains import Record
from tests.support.stack.sesv2 import FakeSesV2

DOMAIN = "help.shop.example"
REGION = "eu-west-1"


def test_an_identity_is_made_once() -> None:
    ses = FakeSesV2()
    first = mail_domains.provide(ses, DOMAIN)
    assert first.done == (
        "made the identity with DKIM",
        f"mail leaves from bounce.{DOMAIN}",
        "bounces are not mailed back",
    )
    changes = ses.changes
    again = mail_domains.provide(ses, DOMAIN)
    assert (again.done, ses.changes) == ((), changes)
    assert not again.verified
    ses.verify(DOMAIN)
    assert mail_domains.provide(ses, DOMAIN).verified


def test_an_identity_that_somebody_made_is_put_right() -> None:
    ses = FakeSesV2()
    mail_domains.provide(ses, DOMAIN)
    ses.identities[DOMAIN]["MailFromAttributes"] = {"MailFromDomain": f"elsewhere.{DOMAIN}"}
    assert mail_domains.provide(ses, DOMAIN).done == (f"mail leaves from bounce.{DOMAIN}",)
    assert ses.identities[DOMAIN]["MailFromAttributes"]["BehaviorOnMxFailure"] == "USE_DEFAULT_VALUE"


def test_the_records_are_those_that_ses_asks_for() -> None:
    identity = mail_domains.provide(FakeSesV2(), DOMAIN)
    listed = {(each.name, each.kind): each.value for each in mail_domains.records(identity, REGION)}
    assert listed == {
        (DOMAIN, "MX"): "10 inbound-smtp.eu-west-1.amazonaws.com",
        (f"one._domainkey.{DOMAIN}", "CNAME"): "one.dkim.amazonses.com",
        (f"two._domainkey.{DOMAIN}", "CNAME"): "two.dkim.amazonses.com",
        (f"three._domainkey.{DOMAIN}", "CNAME"): "three.dkim.amazonses.com",
        (f"bounce.{DOMAIN}", "MX"): "10 feedback-smtp.eu-west-1.amazonses.com",
        (f"bounce.{DOMAIN}", "TXT"): "v=spf1 include:amazonses.com ~all",
        (f"_dmarc.{DOMAIN}", "TXT"): "v=DMARC1; p=none;",
    }


def test_a_region_with_its_own_host_of_keys_is_followed() -> None:
    ses = FakeSesV2()
    mail_domains.provide(ses, DOMAIN)
    ses.identities[DOMAIN]["DkimAttributes"]["SigningHostedZone"] = "dkim.new-1.amazonses.com"
    identity = mail_domains.provide(ses, DOMAIN)
    assert mail_domains.records(identity, REGION)[1].value == "one.dkim.new-1.amazonses.com"


MX = Record(DOMAIN, "MX", "10 in.example", "")
SPF = Record(f"bounce.{DOMAIN}", "TXT", "v=spf1 include:amazonses.com ~all", "")
DMARC = Record(f"_dmarc.{DOMAIN}", "TXT", "v=DMARC1; p=none;", "")


@pytest.mark.parametrize(
    ("record", "found", "problem"),
    [
        (MX, [], "missing"),
        (MX, ["10 IN.example."], ""),
        (MX, ["5 in.example"], ""),
        (MX, ["10 other.example"], "there is 10 other.example"),
        (MX, ["10 in.example", "20 other.example"], "there are others beside it: 10 in.example, 20 other.example"),
        (SPF, ["another text"], "missing"),
        (SPF, ["v=spf1 include:amazonses.com include:other.example -all", "another text"], ""),
        (SPF, ["v=spf1 include:other.example -all"], "there is v=spf1 include:other.example -all"),
        (SPF, ["v=spf1 include:amazonses.com ~all", "v=spf1 -all"], "there are 2 such texts; only one counts"),
        (DMARC, ["v=DMARC1;p=reject; rua=mailto:a@shop.example"], ""),
        (DMARC, ["v=dmarc1; p=quarantine"], ""),
        (DMARC, [], "missing"),
    ],
)
def test_what_is_wrong_with_a_record_is_said(record: Record, found: list[str], problem: str) -> None:
    def resolve(name: str, kind: str) -> list[str]:
        assert (name, kind) == (record.name, record.kind)
        return found

    assert mail_domains.problem(record, resolve) == problem


def test_the_table_has_a_row_for_each_record() -> None:
    rows = list(mail_domains.table([MX, SPF]))
    assert [row.split()[:2] for row in rows] == [[DOMAIN, "MX"], [f"bounce.{DOMAIN}", "TXT"]]
