"""What a customer types into or below the mail that they answer stands in the ticket's text, whatever their program
made of that mail; and what we wrote ourselves does not."""

import re
from collections.abc import Callable

import pytest

from chalicelib.mail.composing import plus_address
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Message
from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.mails import MailReceived
from tests.support import agents, samples
from tests.support.store.fakes import World, written
from tests.support.store.mailer import SentMail

CARE, MIRA = "care@help.northlight.example", "Mira Holm <mira.holm@example.com>"
QUESTIONS = "Hello Mira,\n\n1. what is your order number?\n2. which colour is it?\n\nAda"
INSIDE = "Written into the quoted mail:"
HEADERS = (
    f"Von: Northlight Lamps <{CARE}>\nGesendet: Mittwoch, 25. November 2026 10:30\nAn: Mira Holm\nBetreff: Frage\n\n"
)
WROTE = f"On Wed, Nov 25, 2026 at 10:30 AM Northlight Lamps <{CARE}> wrote:\n\n"


@pytest.fixture
def asked(world: World) -> SentMail:
    """The mail with which Ada has asked two questions."""
    agents.opened(world)
    agents.acts(world, "answer", text=QUESTIONS)
    agents.stream(world)
    return world.mailer.to("mira.holm@example.com")[-1]


def replied(world: World, text: str, html: str = "", id: str = "second") -> Message:
    mail = written(
        MIRA,
        f"Re: The shade is cracked [{samples.REF}]",
        text,
        Message_ID=f"<{id}@mail.example>",
        In_Reply_To="<x@y.example>",
    )
    if html:
        mail.set_content(html, subtype="html")
    token = samples.reply_token(world.store.tickets[samples.REF], Role.CUSTOMER)
    receive(world.deps, MailReceived(world.arrives(mail), (plus_address(CARE, token),)))
    return list(world.store.messages.values())[-1]


def marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def body(mail: SentMail) -> str:
    part = mail.mail.get_body(("html",))
    assert part
    found = re.search(r"<body[^>]*>(.*)</body>", part.get_content(), re.DOTALL)
    assert found
    return found[1]


def below_headers(words: str, quoted: str) -> str:
    return f"{words}\n\n{HEADERS}{quoted}"


def below_attribution(words: str, quoted: str) -> str:
    return f"{words}\n\n{WROTE}{marked(quoted)}"


PLAIN = [below_headers, below_attribution]


@pytest.mark.parametrize("shape", PLAIN)
def test_our_mail_alone_adds_nothing(world: World, asked: SentMail, shape: Callable[[str, str], str]) -> None:
    assert replied(world, shape("Yes, blue.", asked.text)).text == "Yes, blue."


@pytest.mark.parametrize("shape", PLAIN)
def test_answers_below_the_questions(world: World, asked: SentMail, shape: Callable[[str, str], str]) -> None:
    inside = asked.text.replace("number?", "number?\nNL-2026-1").replace("is it?", "is it? blue, with a silver foot")
    answers = "> 1. what is your order number?\nNL-2026-1\n2. which colour is it? blue, with a silver foot"
    assert replied(world, shape("See below.", inside)).text == f"See below.\n\n{INSIDE}\n{answers}"


def test_answers_below_all_of_our_mail(world: World, asked: SentMail) -> None:
    message = replied(world, f"{below_headers('', asked.text)}\n\nNL-2026-1\nblue, with a silver foot\n")
    assert message.text == f"{INSIDE}\nNL-2026-1\nblue, with a silver foot"
    inside = asked.text.replace("number?", "number?\nNL-2027-3")
    message = replied(world, f"{below_headers('', inside)}\n\nblue\n", id="third")
    assert message.text == f"{INSIDE}\n> 1. what is your order number?\nNL-2027-3\n\nblue"


FROM = "Northlight Lamps &lt;care@help.northlight.example&gt;"
HTML = {
    "outlook": '<p>{0}</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p>'
    f"<b>Von:</b> {FROM}<br><b>Gesendet:</b> Mittwoch, 25. November 2026 10:30"
    "<br><b>An:</b> Mira<br><b>Betreff:</b> Frage</p></div>{1}{2}",
    "gmail": '<div>{0}</div><div class="gmail_quote"><div class="gmail_attr">'
    f'On Wed, Nov 25, 2026 at 10:30 AM {FROM} wrote:<br></div><blockquote class="gmail_quote">'
    "{1}{2}</blockquote></div>",
    "yahoo": '<div>{0}</div><div class="yahoo_quoted"><div>'
    f"On Wednesday, 25 November 2026 at 10:30:00 CET, {FROM} wrote:</div><br><div>"
    "{1}</div></div>{2}",
    "zimbra": '<div>{0}</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">'
    f"<b>Von: </b>{FROM}<br><b>An: </b>m@x<br><b>Gesendet: </b>Mittwoch, 25. November 2026 10:30:00<br>"
    '<b>Betreff: </b>Q<br></div><br><div data-marker="__QUOTED_TEXT__">{1}</div>{2}',
}


@pytest.mark.parametrize("client", HTML)
def test_answers_in_red_and_below(world: World, asked: SentMail, client: str) -> None:
    nothing = HTML[client].format("See below.", body(asked), "")
    assert replied(world, "", nothing).text == "See below."
    red = body(asked).replace("which colour is it?", 'which colour is it? <span style="color:red">blue</span>')
    said = replied(world, "", HTML[client].format("See below.", red, "<p>The order is NL-2026-1.</p>"), "third").text
    assert said.startswith(f"See below.\n\n{INSIDE}\n2. which colour is it? blue\n")
    assert said.endswith("\nThe order is NL-2026-1.")
    assert "whole conversation" not in said


def test_below_our_confirmation(world: World) -> None:
    receive(world.deps, MailReceived(world.arrives(written()), (CARE,)))
    agents.stream(world)
    (confirmation,) = world.mailer.to("mira@example.com")
    (ticket,) = world.store.tickets.values()
    token = samples.reply_token(ticket, Role.CUSTOMER)
    for id, below in (("<2@x.example>", ""), ("<3@x.example>", "\n\nIt is order NL-2026-1, I forgot.")):
        text = f"Hello,\n\n{HEADERS}{confirmation.text}{below}\n"
        mail = written(text=text, Message_ID=id, In_Reply_To="<x@y.example>")
        receive(world.deps, MailReceived(world.arrives(mail), (plus_address(CARE, token),)))
    first, second = world.store.messages.values()
    assert first.text == "Hello,"
    assert second.text == f"Hello,\n\n{INSIDE}\nIt is order NL-2026-1, I forgot."


def test_somebody_elses_mail_that_is_pasted_keeps_its_headers(world: World, asked: SentMail) -> None:
    pasted = "Von: DHL <noreply@dhl.example>\nGesendet: Dienstag, 24. November 2026 09:00\nBetreff: Sendung"
    said = "Ihre Sendung wurde beschädigt."
    message = replied(world, f"Das schrieb DHL:\n\n{pasted}\n\n{said}\n\n{WROTE}{marked(asked.text)}")
    assert message.text == f"Das schrieb DHL:\n\n{INSIDE}\n{pasted}\n{said}"


def test_words_below_a_phones_line_are_the_customers(world: World, asked: SentMail) -> None:
    said = f"Die Farbe ist blau. {'Sie steht auch auf der Rechnung vom Mai. ' * 8}".strip()
    assert replied(world, f"Hallo,\n\nVon meinem iPhone gesendet\n\n{said}").text == f"Hallo,\n\n{said}"


def test_a_matter_of_law_is_recognised_there_too(world: World, asked: SentMail) -> None:
    below = "\n\nI hereby withdraw from my contract of sale."
    assert Remark.WITHDRAWS not in replied(world, below_headers("Hello,", asked.text)).remarks
    assert Remark.WITHDRAWS in replied(world, below_headers("Hello,", asked.text + below), id="third").remarks


def test_the_same_mail_gives_the_same_text_once(world: World, asked: SentMail) -> None:
    text = below_headers("See below.", asked.text) + "\n\nblue"
    assert replied(world, text) == replied(world, text)


SIGNED = [
    "Viele Grüße\nJan Kuhn\n0171 1234567",
    "Kind regards\nJan Kuhn\n+44 20 7946 0000",
    "Viele Grüße\nJan Kuhn\nIBAN: DE02 1203 0000 0000 2020 51\nBIC: BYLADEM1001",
    "Viele Grüße\nJan Kuhn\nNeue Str. 5\n20457 Hamburg",
    "Gruß\nMira Holm\nHolm GmbH\nTel. 030 123456\n\nP.S. Die Farbe ist blau",
    "Gruß\nMira Holm\nHolm GmbH\nTel. 030 123456\n\nNachtrag: Die Farbe ist blau",
]


@pytest.mark.parametrize("signature", SIGNED)
def test_what_stands_below_the_name_is_kept_once(world: World, signature: str) -> None:
    said = f"Bitte melden Sie sich.\n\n{signature}"
    receive(world.deps, MailReceived(world.arrives(written(MIRA, text=said)), (CARE,)))
    (ticket,) = world.store.tickets.values()
    assert ticket.opening.text == said
    token = samples.reply_token(ticket, Role.CUSTOMER)
    mail = written(MIRA, text=f"Noch etwas.\n\n{signature}\n0511 987654", Message_ID="<2@x.example>")
    receive(world.deps, MailReceived(world.arrives(mail), (plus_address(CARE, token),)))
    assert world.store.only_message().text.startswith("Noch etwas.")
    assert world.store.only_message().text.endswith("\n0511 987654")
    assert signature.split("\n")[-1] not in world.store.only_message().text


def test_what_a_program_put_below_its_own_delimiter_is_left_out(world: World) -> None:
    footer = "Hilde Aal, Aal Ltd\nYou have the right to erasure (Article 17 GDPR): https://aal.example/privacy"
    receive(world.deps, MailReceived(world.arrives(written(text=f"The dimmer hums.\n\n-- \n{footer}")), (CARE,)))
    assert world.store.only_ticket().opening.text == "The dimmer hums."


@pytest.mark.parametrize("ruler", ["__________", "--", "-- "])
def test_a_form_below_a_ruler_is_whole(world: World, ruler: str) -> None:
    fields = "Name: Jan Kuhn\nE-Mail: jan@example.org\nTelefon: 0171 1234567\nNachricht:\nGlas kaputt"
    receive(world.deps, MailReceived(world.arrives(written(text=f"Kontakt\n\n{ruler}\n\n{fields}")), (CARE,)))
    assert world.store.only_ticket().opening.text.endswith(fields)


@pytest.mark.parametrize(
    "added",
    ["Sent from my iPhone", "-- \nwww.holm.example", "-- \nE-Mail: m@holm.example"],
)
def test_what_programs_added_and_a_site_alone_say_nothing(world: World, added: str) -> None:
    receive(world.deps, MailReceived(world.arrives(written(text=f"My lamp is broken.\n\n{added}")), (CARE,)))
    assert world.store.only_ticket().opening.text == "My lamp is broken."
