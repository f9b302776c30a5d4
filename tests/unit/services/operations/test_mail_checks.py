"""`health` on the mail service: does it receive for us, and send as our shops."""

from dataclasses import dataclass, replace

import pytest

from chalicelib.services.operations.checking import Check
from chalicelib.services.operations.health_checks import health
from chalicelib.services.ports.mail_account import MailDomain, Receiving, Sending
from tests.support.store.fakes import World

WELL, VERIFIED = Sending(active=True), MailDomain(verified=True)


@dataclass
class FakeMailAccount:
    """A mail service with which all is well, except what a test changes."""

    received: Receiving = Receiving.BY_OURS
    account: Sending | None = WELL
    identity: MailDomain | None = VERIFIED

    def receiving(self) -> Receiving:
        return self.received

    def sending(self) -> Sending | None:
        return self.account

    def domain(self, name: str) -> MailDomain | None:
        return self.identity if name == "help.northlight.example" else VERIFIED


def checked(world: World, name: str, account: FakeMailAccount) -> Check:
    deps = replace(world.deps, mail_account=account)
    (found,) = (check for check in health(deps, {})["checks"] if check["check"] == name)
    return found


@pytest.mark.parametrize("name", ["receiving", "sending", "mail domains"])
def test_all_is_well(world: World, name: str) -> None:
    assert checked(world, name, FakeMailAccount()) == {"check": name, "well": True}


def test_mail_that_something_else_brings_is_well(world: World) -> None:
    assert checked(world, "receiving", FakeMailAccount(Receiving.ELSEWHERE))["well"]


@pytest.mark.parametrize(
    ("name", "account", "words"),
    [
        ("receiving", FakeMailAccount(Receiving.BY_NONE), "no receipt rule set"),
        ("receiving", FakeMailAccount(Receiving.BY_OTHERS), "another receipt rule set"),
        ("sending", FakeMailAccount(account=Sending(active=False)), "paused"),
        ("sending", FakeMailAccount(account=Sending(active=True, sandbox=True)), "sandbox"),
        ("sending", FakeMailAccount(account=Sending(active=True, reviewed=True)), "reviews"),
        ("sending", FakeMailAccount(account=Sending(active=True, share=0.85)), "85%"),
        ("mail domains", FakeMailAccount(identity=MailDomain(verified=False)), "not verified help.northlight.example"),
        ("mail domains", FakeMailAccount(identity=MailDomain(verified=True, signed=False)), "DKIM"),
        ("mail domains", FakeMailAccount(identity=MailDomain(verified=True, return_path=False)), "return path"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(world: World, name: str, account: FakeMailAccount, words: str) -> None:
    check = checked(world, name, account)
    (one,) = check["found"]
    assert not check["well"]
    assert words in one["wrong"]
    assert one["do"]


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("receiving", FakeMailAccount(Receiving.UNKNOWN)),
        ("sending", FakeMailAccount(account=None)),
        ("mail domains", FakeMailAccount(identity=None)),
    ],
)
def test_what_ses_does_not_say_is_unknown_and_not_wrong(world: World, name: str, account: FakeMailAccount) -> None:
    check = checked(world, name, account)
    assert check["well"]
    assert "found" not in check
    (sentence,) = check["unknown"]
    assert "whether" in sentence or "what" in sentence
