"""Only what the agent wrote goes to the customer, and nothing of the notification they answered, however it is
quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.inbound import Address, InboundMail
from chalicelib.rendering import pages
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.delivery.sending import post
from chalicelib.services.intake.own_words import for_customer
from chalicelib.services.ports.tickets import ItemRef
from tests.support import samples
from tests.support.referrals import refer
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
