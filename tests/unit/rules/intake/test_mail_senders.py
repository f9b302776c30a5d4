"""Who wrote a mail's words, by the people that its headers name."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.intake.mail_senders import Headers, Meant, in_own_domain, meant
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.messages import Person
from tests.support import shops

KIM = Person("Kim Adler", "kim@example.com")
ADA = "ada@northlight.example"
OWN = [
    ("https://www.xn--bcher-kva.example", "hello@bücher.example"),
    ("https://www.bücher.example", "hello@xn--bcher-kva.example"),
    ("https://BÜCHER.example/shop", "hello@mail.bücher.example"),
    ("https://lamps.example.:443/", "hello@lamps.example"),
    ("https://lamps.example", "hello@lamps.example."),
    ("https://www.lamps.example:8443?x#y", "hello@lamps.example"),
    # The aliases' and agents' domain is the shop's if the website or the support address is below it.
    ("https://shop.northlight.example", "hello@northlight.example"),
    ("https://elsewhere.example", "hello@northlight.example"),
]


def northlight(**changes: Any) -> Shop:
    return replace(shops.policy().shops["northlight"], **changes)


def among(sender: str, *replies: str, name: str = "", **said: Any) -> Meant:
    """Who wrote a mail from this sender, with these addresses in its Reply-To."""
    people = tuple(Person("", reply) for reply in replies)
    return meant(shops.policy(), northlight(), Headers(Person(name, sender), people, **said))


@pytest.mark.parametrize(("url", "address"), OWN)
def test_the_shops_own_domain_in_every_spelling(url: str, address: str) -> None:
    assert in_own_domain(northlight(url=url), address)


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({"url": "https://myshop.platform.example"}, "hello@platform.example"),
        ({"url": "https://myshop.platform.example"}, "hello@other.platform.example"),
        ({"url": "https://myshop.platform.example", "trusted_senders": ("x@platform.example",)}, "y@platform.example"),
        ({"aliases": ("northlight@post.example",)}, "kim@post.example"),
        ({"url": "https://lamps.example"}, "hello@notlamps.example"),
        ({}, ""),
        ({}, "northlight"),
    ],
)
def test_a_platforms_or_mail_services_domain_is_not_the_shops(changes: dict[str, Any], address: str) -> None:
    assert not in_own_domain(northlight(**changes), address)


PROGRAMS = [
    "form-submission@squarespace.example",
    "submissions@formspree.example",
    "formresponses@netlify.example",
    "submissions@formsubmit.example",
    "kontakt-formular@hoster.example",
    "site_forms@hoster.example",
    "wordpress-7@hoster.example",
    "mail.notifications@market.example",
    "order-noreply@market.example",
    "webform@hoster.example",
]


@pytest.mark.parametrize("sender", PROGRAMS)
def test_a_programs_reply_to_is_the_customer(sender: str) -> None:
    found = among(sender, KIM.address, name="Website")
    assert (found.person.address, found.relayed, found.reachable) == (KIM.address, True, True)


UNREAD = [
    "no-reply@kaufland.example",
    "noreply@forms.example",
    "do_not_reply@market.example",
    "DoNotReply@Market.example",
    "order-noreply@market.example",
    "noreply-orders@market.example",
    "keine-antwort@markt.example",
    "nicht.antworten@markt.example",
    "ne-pas-repondre@boutique.example",
    "no-responder@tienda.example",
    "nao-responder@loja.example",
    "non-rispondere@negozio.example",
    "niet-beantwoorden@winkel.example",
    "ikke-svar@butik.example",
    "svara-inte@butik.example",
    "nie-odpowiadaj@sklep.example",
]


@pytest.mark.parametrize("replies", [(), (ADA,), ("care@help.northlight.example",), ("no-reply@else.example",)])
@pytest.mark.parametrize("sender", UNREAD)
def test_an_address_that_nobody_reads_is_nobodys(sender: str, replies: tuple[str, ...]) -> None:
    found = among(sender, *replies, name="Market")
    assert (found.person, found.sender.address, found.unnamed, found.surely) == (Person("", ""), sender, True, sender)


@pytest.mark.parametrize("sender", UNREAD)
def test_whoever_it_names_is_the_person(sender: str) -> None:
    assert among(sender, KIM.address, name="Market").person.address == KIM.address
    assert among(sender, name="Market", original=KIM).person == KIM


@pytest.mark.parametrize(
    "sender",
    [
        "postmaster@firm.example",
        "wordpress@firm.example",
        "form@firm.example",
        "kim+no-reply@firm.example",
        "arno.reply@firm.example",
        "reply@firm.example",
        "nora.reply@firm.example",
        "antwort@firm.example",
    ],
)
def test_an_address_that_may_be_read_is_the_persons(sender: str) -> None:
    found = among(sender, name="Jo")
    assert (found.person.address, found.unnamed) == (sender, False)


@pytest.mark.parametrize(
    "sender", ["platform@firm.example", "max.system@firm.example", "reform@firm.example", "info@firm.example"]
)
def test_a_persons_from_takes_part(sender: str) -> None:
    found = among(sender, KIM.address, name="Jo")
    assert (found.relayed, found.writer.address) == (False, sender)


@pytest.mark.parametrize(
    ("reply", "relayed"), [("kim@example.com", True), ("hello@builder.example", False), ("kim@builder.example", False)]
)
def test_a_generated_mail_with_a_foreign_reply_to_is_a_programs(reply: str, relayed: bool) -> None:
    assert among("hello@builder.example", reply, name="Website", generated=True).relayed is relayed
    assert among("hello@builder.example", reply, name="Website").relayed is False


@pytest.mark.parametrize(
    ("replies", "another"),
    [
        ((KIM.address,), True),
        (("care@help.northlight.example", KIM.address), True),
        ((), False),
        ((ADA,), False),
        (("ada@home.example",), False),
        (("a.lindqvist@home.example",), False),
        (("care@help.northlight.example",), False),
        (("claims@swiftparcel.example",), False),
        (("no-reply@host.example",), False),
    ],
)
def test_an_agents_mail_may_be_a_forms(replies: tuple[str, ...], another: bool) -> None:
    found = among(ADA, *replies, name="Ada Lindqvist")
    assert (found.person.address, found.for_another) == (ADA, another)


@given(st.lists(st.sampled_from(["kim", "post", "mail", "shop", "9"]), min_size=1, max_size=3), st.sampled_from("-_."))
def test_ordinary_words_make_no_program(words: list[str], between: str) -> None:
    assert not among(f"{between.join(words)}@firm.example", "jo@home.example").relayed
