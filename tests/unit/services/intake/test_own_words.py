"""Only what the agent wrote goes to the customer, and nothing of the notification they answered, however it is
quoted."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.bodies import html_text
from chalicelib.mail.composing import plus_address
from chalicelib.mail.inbound import Address, InboundMail
from chalicelib.rendering import pages, words
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.outbox import Audience, Purpose
from chalicelib.rules.tickets.ticket import Change, Ticket, Visibility
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery.sending import post
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.intake.own_words import for_customer
from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.ports.tickets import ItemRef
from local.previews import examples, orders, procedure
from tests.support import agents, samples
from tests.support.agents import ADA
from tests.support.referrals import refer
from tests.support.store.fakes import World, written
from tests.support.store.fakes import world as new_world

SHOP = samples.shipped()
WORDS = "We send you a new shade today.\nOrder: another one is reserved for you.\n\nAnything else? Tell us:\nAda"


def _notifications() -> list[str]:
    """Every mail to agents in a ticket's life, as text."""
    world = new_world()
    world.store.commit(Change(samples.ticket()))
    post(world.deps, ItemRef(samples.REF, None))
    refer(world)
    return [mail.text for mail in world.mailer.sent if mail.recipient.endswith("@northlight.example")]


NOTIFICATIONS = _notifications()
SENT_AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
SIGNED_IN = {"name": "Ada Lindqvist", "url": "https://care.example/desk/in/x", "minutes": 15, "asked_at": SENT_AT}
SHORT = {"reference": samples.REF, "audience": "agents", "url": "https://care.example/desk/t/x"}
WITHOUT_SAMPLE: list[examples.Sample] = [
    ("short_form", "short_form", {"shop": SHOP} | SHORT),
    ("sign_in", "sign_in", {"shop": SHOP} | SIGNED_IN),
    ("service_reply", "service_reply", {"shop": SHOP, "agent_name": "Ada Lindqvist", "text": "Yes, do so."}),
]


def _every_mail_to_agents() -> Iterator[Any]:
    """In each state that the previews show, in each language, as text and as a page."""
    for language in words.languages():
        mails = (*examples.mail_samples(SHOP), *procedure.mail_samples(SHOP), *orders.mail_samples(SHOP, language))
        for title, template, context in (*mails, *WITHOUT_SAMPLE):
            if template in pages.TO_AGENTS or context.get("audience") == "agents":
                mail = pages.mail(template, language, **context)
                yield pytest.param(template, mail.text, id=f"{language}-{title}-text")
                yield pytest.param(template, html_text.to_text(mail.html), id=f"{language}-{title}-page")


EVERY_MAIL = list(_every_mail_to_agents())
ATTRIBUTIONS = [
    "",
    "Northlight Lamps skrev 2026-11-28 02:40:",
    f"Le sam. 28 nov., Northlight Lamps <{SHOP.support}> a écrit :",
    f"---\nOd: Northlight Lamps <{SHOP.support}>:",
    "----- Antwort -----",
    "________ 回复 ________",
]
PREFIXES = ["", "> ", "| ", ">> ", "    "]


def said(new: str) -> str:
    return for_customer(SHOP, InboundMail(new=new), samples.ticket())


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("notification", NOTIFICATIONS)
def test_the_rest_of_our_notification_is_cut_off(notification: str, attribution: str, prefix: str) -> None:
    quoted = "\n".join(f"{prefix}{line}" for line in notification.splitlines())
    assert said(f"{WORDS}\n\n{attribution}\n\n{quoted}") == WORDS
    assert said(f"\n{attribution}\n{quoted}") == ""


def test_no_mail_to_agents_is_left_out() -> None:
    tried = {each.values[0] for each in EVERY_MAIL}
    to_agents = {purpose.value for purpose in Purpose if purpose.audience is Audience.AGENTS}
    assert tried == {*pages.TO_AGENTS, "short_form"}
    assert tried > to_agents


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(("template", "mail"), EVERY_MAIL)
def test_every_mail_to_agents_is_cut_off_wherever_it_begins(template: str, mail: str, prefix: str) -> None:
    """Also where no line of a mail program stands above it, or the agent has tidied that away."""
    lines = [f"{prefix}{line}" for line in mail.splitlines()]
    for above in ("", "\n", "\n\n\n"):
        assert said("\n".join([WORDS, above, *lines])) == WORDS
        assert said("\n".join([above, *lines])) == ""


# They belong to no ticket: what answers them is sent to nobody (`service` in docs/mails.md).
_OF_NO_TICKET = ("digest", "sign_in")


@pytest.mark.parametrize(("template", "mail"), EVERY_MAIL)
def test_its_first_sentence_may_be_missing(template: str, mail: str) -> None:
    """It came before there was such a sentence, or the agent took that for a heading and removed it too."""
    first = [words.phrase(language, "mail.for_team") for language in words.languages()]
    rest = "\n".join(line for line in mail.splitlines() if line not in first)
    nameless = any(f"\n{words.phrase(each, 'mail.greeting_nobody')}\n" in f"\n{rest}" for each in words.languages())
    # A reply that a participant wrote begins with their words; its attribution is found by the reading of mail.
    if template in _OF_NO_TICKET or template == "notification_reply" or nameless:
        return
    assert said(f"{WORDS}\n\n{rest}") == WORDS
    assert said(rest) == ""


def answered(world: World, ticket: Ticket, body: str, subtype: str = "plain") -> None:
    mail = written(f"Ada Lindqvist <{ADA}>", "Re: x", "", Message_ID=f"<{len(body)}@x>")
    mail.set_content(f"{body}\n", subtype=subtype)
    to_us = plus_address(SHOP.support, samples.reply_token(ticket, Role.AGENT))
    receive(world.deps, MailReceived(world.arrives(mail), (to_us,), passed=frozenset({DMARC})))
    agents.stream(world)


@pytest.mark.parametrize("words_above", ["Yes, gladly.", ""])
@pytest.mark.parametrize("shape", ["text", "page"])
@pytest.mark.parametrize("kind", ["notification", "reminder", "not sent"])
def test_nothing_of_it_reaches_the_customer(kind: str, shape: str, words_above: str) -> None:
    """The agent's program wrote no line of its own between answer and notification, or the agent removed it."""
    world = new_world()
    world.store.commit(Change(samples.ticket()))
    post(world.deps, ItemRef(samples.REF, None))
    ticket = world.store.tickets[samples.REF]
    if kind == "reminder":
        world.clock.advance(days=3)
        look_after_due(world.deps)
        agents.stream(world)
    if kind == "not sent":
        answered(world, ticket, "")
    ours = [mail for mail in world.mailer.sent if mail.recipient == ADA][-1]
    page = ours.mail.get_body(("html",))
    assert page
    body = f"{words_above}\n\n{ours.text}" if shape == "text" else f"<p>{words_above}</p>{page.get_content()}"
    before, sent = world.store.tickets[samples.REF].clocks, len(world.mailer.sent)
    answered(world, ticket, body, "plain" if shape == "text" else "html")
    message = list(world.store.messages.values())[-1]
    mailed = [mail for mail in world.mailer.sent[sent:] if mail.recipient == ticket.requester.address]
    if words_above:
        assert (message.visibility, message.text) == (Visibility.SHARED, words_above)
        (mail,) = mailed
        assert mail.text.splitlines()[:4] == [words_above, "", "Ada", SHOP.name]
    else:
        assert (message.visibility, message.remarks[-1]) == (Visibility.INTERNAL, "empty")
        assert (mailed, world.store.tickets[samples.REF].clocks) == ([], before)


FAREWELL = "Mit freundlichen Grüßen\nAda Lindqvist"
ALONE = [
    "[EXTERNAL EMAIL] Do not click links",
    "Virus-free. www.avast.com",
    "This e-mail is confidential and intended only for the addressee. If you received it in error, please delete it.",
    "Sent from my iPhone",
    "Von meinem Galaxy gesendet",
    FAREWELL,
    "-- \nAda",
    f"Ada Lindqvist\nNorthlight Lamps GmbH\nTel. +49 30 23125 014\n{SHOP.support}",
    "Northlight Lamps",
]


@pytest.mark.parametrize("signature", ALONE)
@pytest.mark.parametrize("notification", NOTIFICATIONS)
def test_a_signature_above_an_unmarked_notification_is_cut_off_too(notification: str, signature: str) -> None:
    ada = Address("Ada Lindqvist", "ada@northlight.example")

    def written(words: str) -> str:
        new = f"{words}\n\n{signature}\n\n{notification}"
        return for_customer(SHOP, InboundMail(new=new, sender=ada), samples.ticket())

    assert written("") == ""
    # Below words, a farewell with only a name stays.
    assert written(WORDS) in (WORDS, f"{WORDS}\n\n{FAREWELL}")


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_third_partys_mail_below_the_agents_words_is_cut_off(language: str) -> None:
    text = pages.mail(
        "notification_referral", language, shop=SHOP, kind="question", reference=samples.REF, subject="Parcel",
        customer=samples.ticket().requester, topic=None, order_number=None, answer_by=None, resolve_by=None, flags=[],
        party_name="SwiftParcel", referred_at=samples.ticket().opened_at, text="INTERNAL: the driver was drunk.",
        attachments=[], desk_url="https://care.example/desk/t/x",
    ).text  # fmt: skip
    assert "INTERNAL" in text
    for kept in ("We replace it.", ""):
        assert said(f"{kept}\n\n{text}") == kept


@pytest.mark.parametrize(
    "text",
    [
        WORDS,
        "Order\n2026-10442\n\nReference\n4711",
        "Bestellung\n2026-10442\nVorgangsnummer\n4711 bei der Spedition",
        "Kind\n\nregards",
        "From\nBerlin\nTo\nHamburg",
        "Art: Tischlampe\nBestellung: 2026-10442\nVon: Berlin",
        "For the team at your end only: we close at six.",
        "Hello Mira,\n\nFinal answer: due by Friday, when the workshop is back.",
        "What to do now\nPlease unplug the lamp.",
        "Why\nBecause the workshop is closed.\nWhat to do\nWait for Monday.",
        "Our mail to you did not arrive.\n\nHere it is once more.",
        "Your reply was not sent to us whole: its end is missing.",
        "From: 1 December we are open again.\nKind: the small one.\nSubject: none.",
        "Unsere E-Mail kam nicht an, deshalb noch einmal:\nder Schirm ist unterwegs.",
        "Your reference is NL-7K3F9-QXMT2.\nReference: NL-22222-22222 is the other one.",
        "Reply to this email if it breaks again.",
        "You can reply to this email as usual.\nWe look forward to it.",
        "Sie können wie gewohnt auf diese E-Mail antworten.\nWir freuen uns darauf.",
    ],
)
def test_an_agents_own_words_stay(text: str) -> None:
    assert said(text) == text


@given(st.text(max_size=200), st.sampled_from(NOTIFICATIONS))
def test_the_result_is_never_longer_than_the_new_text_and_has_no_lines_of_ours(above: str, notification: str) -> None:
    left = said(f"{above}\n{notification}")
    assert "Answer by:" not in left
    assert len(left) <= len(above) + 1
