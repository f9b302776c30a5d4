"""Mails that neither headers nor subject show to be answers: what tells it is in the text or hidden in the subject."""

import pytest

from chalicelib.mail.quoting import answering
from chalicelib.mail.quoting.answering import Kind
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail

WORDS = "Please keep the parcel."
HEADS = [
    "On Nov 30, 2026, at 10:12, Kim Lee <kim@example.com> wrote:",
    "On Mon, 30 Nov at 10:12 AM , Kim Lee <kim@example.com> wrote:",
    "Il 30/11/2026 10:12 CET Kim Lee <kim@example.com> ha scritto:",
    "Kim Lee <kim@example.com> hat am 30.11.2026 10:12 CET geschrieben:",
    "On Nov 30, 2026, at 10:12, Kim Lee\n<kim@example.com> wrote:",
    "-----Original Message-----\nFrom: Kim Lee <kim@example.com>\nSent: Monday 10:12\nTo: help\nSubject: Order",
]
OLD = "Hello,\n\nwhere is my lamp?"


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("between", ["\n\n", "\n\n>\n"])
def test_a_quotation_with_its_attribution_inside_is_old(head: str, between: str) -> None:
    found = read(mail(f"{WORDS}{between}{quoted(head)}\n>\n{quoted(OLD)}\n"))
    assert (found.reply, found.new) == (WORDS, WORDS)


@pytest.mark.parametrize("head", HEADS)
def test_and_so_it_is_in_html(head: str) -> None:
    inside = f"{head}\n\n{OLD}".replace("<", "&lt;").replace("\n", "<br>")
    html = f'<div>{WORDS}</div><br><blockquote type="cite"><div>{inside}</div></blockquote>'
    found = read(mail(html, content_type="text/html; charset=utf-8"))
    assert (found.reply, found.new) == (WORDS, WORDS)


def test_what_is_quoted_with_a_header_block_is_shown_and_not_sent() -> None:
    block = "From: Kim Lee <kim@example.com>\nSent: Monday 10:12\nTo: help\nSubject: Order"
    text = f"{WORDS}\n\n{quoted(block)}\n>\n{quoted(OLD)}"
    found = read(mail(text))
    assert (found.reply, found.new) == (text, WORDS)
    text = f"{WORDS}\n\n> Begin forwarded message:\n>\n{quoted(block)}\n>\n{quoted(OLD)}"
    found = read(mail(text))
    assert (found.reply, found.new) == (text, WORDS)


@pytest.mark.parametrize(
    "text",
    [
        f"Your shop says:\n{quoted(OLD)}",
        f"{WORDS}\n\n> On sale since Monday, at 10:12 it was sold out.\n> Why?",
        "> 30 cm wide it will not fit.",
        "| item | qty |\n| lamp | 2   |",
    ],
)
def test_other_quotations_stay(text: str) -> None:
    found = read(mail(text))
    assert (found.reply, found.new) == (text, text)


def test_a_quotation_that_is_answered_below_stays_in_what_is_shown() -> None:
    text = f"Hello,\n\n{quoted(HEADS[0])}\n{quoted(OLD)}\n\nThat was my mail. Where is it?"
    assert read(mail(text)).reply == text


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("ตอบกลับ: โคมไฟ", Kind.ANSWER),
        ("ส่งต่อ: โคมไฟ", Kind.FORWARD),
        ("[External] [Ticket 1] Re: Lamp", Kind.ANSWER),
        ("[External][Ticket 1] FW: Re: Lamp", Kind.FORWARD),
        ("EXTERN: AW: Lampe", Kind.ANSWER),
        ("[EXT] EXTERN: WG: Lampe", Kind.FORWARD),
        ("***SPAM*** Re: Lamp", Kind.ANSWER),
        ("{Spam?} Re: Lamp", Kind.ANSWER),
        ("[External] Lamp", Kind.UNSAID),
        ("External: lamp", Kind.UNSAID),
        ("*** Re ***", Kind.UNSAID),
        ("[Ticket 1] Order: Re", Kind.UNSAID),
    ],
)
def test_a_prefix_is_found_behind_what_lists_and_gateways_put_before_it(subject: str, kind: Kind) -> None:
    assert answering.kind(subject, False, "") is kind
