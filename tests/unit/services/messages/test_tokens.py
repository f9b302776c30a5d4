"""A refused token: a state of each account, which admins are mailed about once a day as long as it lasts."""

import email
from datetime import timedelta
from email import policy as mail_policies

import pytest

from chalicelib.errors import NotSent
from chalicelib.rendering import words
from chalicelib.rules.identity.handles import Provider
from chalicelib.services.delivery.digesting import send_digests
from chalicelib.services.messages import tokens
from chalicelib.services.operations import source_checks
from tests.support.store.fakes import START, World, world

WHATSAPP = Provider.WHATSAPP


@pytest.fixture
def here() -> World:
    made = world()
    made.clock.at = START.replace(hour=1)  # no time for digests
    return made


def admins(here: World) -> list[str]:
    return sorted(agent.address for agent in here.shop.agents if agent.role in ("admin", "owner"))


def mailed(here: World) -> list[tuple[str, str]]:
    """Whom the next run mails, and about which account."""
    before = len(here.mailer.sent)
    send_digests(here.deps, {})
    found = []
    for mail in here.mailer.sent[before:]:
        part = email.message_from_bytes(mail.raw, policy=mail_policies.default).get_body(("plain",))
        assert part
        account = next(line for line in part.get_content().splitlines() if line.startswith(("Account", "Konto")))
        found.append((mail.recipient, account.partition(": ")[2]))
    return sorted(found)


def accounts(here: World) -> list[str]:
    return [each.account for each in tokens.standing(here.deps, here.shop, WHATSAPP)]


def test_each_account_has_a_state_of_its_own(here: World) -> None:
    for account in ("200", "201"):
        tokens.refused(here.deps, here.shop, WHATSAPP, account)
    tokens.accepted(here.deps, here.shop, WHATSAPP, "202")
    assert accounts(here) == ["200", "201"]
    tokens.accepted(here.deps, here.shop, WHATSAPP, "200")
    assert accounts(here) == ["201"]
    assert tokens.standing(here.deps, here.shop, Provider.SMS) == ()


def test_the_first_moment_stays_and_an_account_that_nobody_uses_any_more_is_forgotten(here: World) -> None:
    began = here.clock()
    for _ in range(3):
        tokens.refused(here.deps, here.shop, WHATSAPP, "200")
        here.clock.advance(minutes=40)
    (found,) = tokens.standing(here.deps, here.shop, WHATSAPP)
    assert (found.since, found.last) == (began, began + timedelta(minutes=80))
    (said, _) = next(iter(source_checks.tokens(here.deps)))
    assert "account 200" in said
    here.clock.at = found.last + timedelta(days=7, seconds=-1)
    assert accounts(here) == ["200"]
    here.clock.advance(seconds=1)
    assert accounts(here) == []
    assert not list(source_checks.tokens(here.deps))


def test_admins_and_owners_are_mailed_once_a_day_for_each_account(here: World) -> None:
    assert mailed(here) == []
    tokens.refused(here.deps, here.shop, WHATSAPP, "200")
    assert mailed(here) == [(each, "200") for each in admins(here)]
    tokens.refused(here.deps, here.shop, WHATSAPP, "201")
    assert mailed(here) == [(each, "201") for each in admins(here)]
    here.clock.advance(hours=3)
    assert mailed(here) == []
    here.clock.at = START.replace(hour=1) + timedelta(days=1)
    assert mailed(here) == sorted((each, account) for each in admins(here) for account in ("200", "201"))
    tokens.accepted(here.deps, here.shop, WHATSAPP, "200")
    here.clock.advance(days=1)
    assert mailed(here) == [(each, "201") for each in admins(here)]


def test_a_mail_that_could_not_be_sent_is_sent_later_and_holds_up_no_other(here: World) -> None:
    tokens.refused(here.deps, here.shop, WHATSAPP, "200")
    here.mailer.failing = [NotSent("Throttling", passing=True)]
    assert len(mailed(here)) == len(admins(here)) - 1
    assert mailed(here) == []
    here.clock.advance(minutes=11)
    (late,) = mailed(here)
    assert late[1] == "200"


def test_a_state_that_cannot_be_read_holds_up_no_digest(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    here.clock.at = START.replace(hour=9)

    def fails(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(here.deps.source_log, "token_state", fails)
    with pytest.raises(TimeoutError):
        send_digests(here.deps, {})
    assert admins(here)[0] in [mail.recipient for mail in here.mailer.sent]


@pytest.mark.parametrize("language", words.languages())
def test_the_mail_says_what_happened_and_what_to_do(language: str) -> None:
    made = world()
    made.with_shop(languages=(language, *made.shop.languages))
    made.clock.at = START.replace(hour=1)
    tokens.refused(made.deps, made.shop, WHATSAPP, "200")
    send_digests(made.deps, {})
    mail = email.message_from_bytes(made.mailer.sent[0].raw, policy=mail_policies.default)
    assert "WhatsApp" in str(mail["Subject"])
    part = mail.get_body(("plain",))
    assert part
    assert "docs/connect" in part.get_content()
    assert words.phrase(language, "token_refused.why") in " ".join(part.get_content().split())
