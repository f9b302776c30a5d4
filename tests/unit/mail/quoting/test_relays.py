"""What relays do to quoted lines, and attributions that look like quotations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.quoting import relays
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail

ANSWERS = {"subject": "Re: Order 1001", "in_reply_to": "<a@b.example>"}
WROTE = "On Mon, Nov 30, 2026 at 10:12 AM Kim Lee <kim@example.com> wrote:\n"
LONG = "> This is a very long line that was wrapped by a mail relay at some"
LONGER = "> Another line that is also very long and that was wrapped by a relay at"

TAILS = {
    "one": f"{LONG}\npoint\n> and goes on.\n",
    "with the end": f"{LONG}\npoint of it.\n>\n{LONGER}\nsome other point.\n",
    "of two lines": f"{LONG}\npoint, and the same relay wrapped what is left of the line there and so\ntoo\n> more.\n",
    "in a deeper quotation": f">{LONG}\npoint\n>> and goes on.\n",
    "with a capital letter": f"{LONG}\npoint.\n>\n{LONGER}\nNorthlight in Hamburg\n> has it.\n",
    "in lower case": f"{LONG}\npoint.\n>\n> This line is not as long as others, and it ends here.\nor there.\n>\n",
    "to the end of a question": f"{LONGER}\nwidth of the others?\n>\n>\n{LONG}\npoint.\n>\n",
    "in quotation marks": f'{LONGER.replace("very", chr(34))}\nsome other place. Bye"\n>\n',
    "in brackets": f"{LONGER.replace('very', '(')}\nsome other place)\n>\n",
    "in an address": f"{LONG[:50]} Northlight <info+abcdefghijk\nlmn@shop.example>:\n",
    "in a link": f"{LONG} https://a-very-long-name.example/\nabc/def\n> \n{LONG}\npoint of it.\n",
    "below a sentence": f"{LONGER}\nsome\n> more\n{LONG[:-2]} the end.\nThe money\n> is there.\n",
}


@pytest.mark.parametrize("quotation", TAILS.values(), ids=TAILS.keys())
def test_the_wrapped_tail_of_a_quoted_line_is_old(quotation: str) -> None:
    found = read(mail(f"Yes.\n\n{WROTE}{quotation}", **ANSWERS))
    assert (found.reply, found.new) == ("Yes.", "Yes.")
    assert read(mail(f"{WROTE}{quotation}\nYes.", **ANSWERS)).new == "Yes."


QUESTION = "> Which lamp would you like to have now, the red one or the blue one?"
ORDER = "> I would like to have the red lamp or the blue one, as soon as it goes."
BETWEEN = {
    "below a question": f"{QUESTION}\nThe red one.\n> When?\nToday.",
    "below a sentence": f"{ORDER}\nThe red one.\n> When?\nToday.",
    "in lower case": f"{QUESTION}\nthe red one\n> When?\ntoday",
    "below short lines": "> Which lamp\nThe red one.\n> and when\nToday.",
    "below a sentence of the usual length": f"{ORDER}\nthe red one.\n> When?\nToday.",
    "in a mail with tails": f"{LONG}\npoint.\n> Is it red?\nThe red one.\n> When?\nToday.",
}


@pytest.mark.parametrize("quotation", BETWEEN.values(), ids=BETWEEN.keys())
def test_an_answer_between_quoted_lines_is_new(quotation: str) -> None:
    new = read(mail(WROTE + quotation, **ANSWERS)).new
    assert new.lower().replace(".", "") == "the red one\n\ntoday"


OFFER = "> We can offer you a new lamp or a refund of 30 EUR, as you prefer it to be"
ITEM = "> - the number of your order and the date on which you bought it in our shop"
ANSWERED = {
    "in a list": (
        f"> Please send us:\n>\n{ITEM}\nit was in may\n> - a photo of the lamp\nattached\n>\n> Bye",
        "it was in may",
    ),
    "above an item": (f"> 1. Is it red?\n{OFFER[:-2]} for you\na refund then.\n> 2. When?\nfriday", "a refund then."),
    "below an item of two lines": (
        f"{ITEM} as you\n> can read it on the bill that we have sent to you in the mail of\nmay.\n>",
        "may.",
    ),
    "with please": (f"{OFFER}\nrefund please\n> We are sorry for the trouble", "refund please"),
    "of a word": ("> Hello, could you please tell me whether the lamp is available in blue\nyes\n> Tom", "yes"),
    "above a sentence of its own": (f"{OFFER}\na refund then\n> We are sorry for the trouble", "a refund then"),
    "with a number": (f"{OFFER}\n1001\n> or something else.", "1001"),
    "with a capital letter": (f"{OFFER}\nThe lamp\n> or something else.", "The lamp"),
    "below a line that the word fits on": (f"{LONG[:-9]}\nnot so\n> and goes on.", "not so"),
    "in a mail with longer lines": (f"{LONG}\nnot so\n> and goes on.\n{ORDER} And this is longer.", "not so"),
    "in the middle of a sentence": (f"{OFFER}\nblue is sold out\n> and when does it come", "blue is sold out"),
    "of a sentence": (
        f"{OFFER}\nwe would like to have the refund.\n> We are sorry.",
        "we would like to have the refund.",
    ),
}


@pytest.mark.parametrize(("quotation", "words"), ANSWERED.values(), ids=ANSWERED.keys())
@pytest.mark.parametrize("above", ["", WROTE, f"Hello.\n\n{WROTE}"], ids=["bare", "attributed", "below words"])
def test_what_people_write_between_quoted_lines_is_no_tail(above: str, quotation: str, words: str) -> None:
    found = read(mail(above + quotation, **ANSWERS))
    assert words in found.reply.split("\n")
    assert words in found.new.split("\n")


def test_all_answers_in_a_list_are_new() -> None:
    asked = (
        "> Hi\n>\n> 1. Is the lamp with the long cable available in blue\nyes\n> 2. What does it cost\n30 EUR\n"
        "> 3. When does it come to Hamburg by DHL or by another courier\nfriday"
    )
    assert read(mail(WROTE + asked, **ANSWERS)).new == "yes\n\n30 EUR\n\nfriday"


def test_a_customers_answer_beside_a_tail_stays_in_its_place() -> None:
    """Nothing is sent from a customer's reply: a tail in it is better than a lost answer."""
    found = read(mail(f"{WROTE}{LONG}\npoint\n> and goes on.\n> When?\nToday.\n> Bye", **ANSWERS))
    assert found.reply == f"{LONG}\npoint\n> and goes on.\n> When?\nToday."
    assert found.new == "Today."
    found = read(mail(f"{WROTE}{LONG}\npoint.\n> Bye", **ANSWERS))
    assert found.reply == f"{LONG}\npoint."


def test_an_answer_right_below_the_last_quoted_line_is_new() -> None:
    text = f"{WROTE}{LONG}\npoint.\n> Could you please send it to the house of my neighbour?\nYes, we can."
    assert read(mail(text, **ANSWERS)).new == "Yes, we can."


def test_a_lone_from_of_a_mailbox_is_a_persons() -> None:
    found = read(mail(f">From Monday on we ship.\n\n{WROTE}> Old.\n", **ANSWERS))
    assert (found.reply, found.new) == ("From Monday on we ship.",) * 2
    found = read(mail(f"Yes.\n\n{WROTE}> Old.\n>From Monday on.\n> Old.\n", **ANSWERS))
    assert (found.reply, found.new) == ("Yes.",) * 2
    assert read(mail(f"{WROTE}>From where?\n\nFrom China.\n", **ANSWERS)).new == "From China."


def test_a_from_of_a_mailbox_begins_a_header_block() -> None:
    block = '>From "Kim Lee" <kim@example.com>\nTo help@shop.example\nDate 30/11/2026 10:12:33\nSubject Order'
    found = read(mail(f"Yes.\n\n------ Original Message ------\n{block}\n\nHello, old text\n", **ANSWERS))
    assert (found.reply, found.new) == ("Yes.", "Yes.")
    block = ">From: Kim Lee <kim@example.com>\nSent: Monday\nTo: help@shop.example\nSubject: Order"
    assert read(mail(f"Yes.\n\n{block}\n\nHello, old text\n", **ANSWERS)).new == "Yes."


@pytest.mark.parametrize(
    "line",
    [
        "Am 30.11.26 um 10:12 schrieb Kim Lee",
        "On 30/11/2026 at 10:12 wrote Kim Lee",
        "Den 30/11/2026 kl. 10:12 skrev Kim",
    ],
)
def test_an_attribution_right_above_its_quotation_needs_no_colon(line: str) -> None:
    found = read(mail(f"Yes.\n\n{line}\n> Old.\n> Old, too.\n", **ANSWERS))
    assert (found.reply, found.new) == ("Yes.", "Yes.")
    assert read(mail(f"{line}\n\nIs that right?", **ANSWERS)).new == f"{line}\n\nIs that right?"


@pytest.mark.parametrize(
    "line",
    [
        ">Monday, 30 November 2026 10:12 +03:00 from Kim Lee <kim@example.com>:",
        ">>> On 11/30/2026 at 10:12 AM, Kim Lee <kim@example.com> wrote:",
        ">>>>> Kim Lee <kim@example.com> writes:",
        "##- Please type your reply above this line -##",
        "##- Bitte geben Sie Ihre Antwort über dieser Zeile ein. -##",
        "Kim Lee erabiltzaileak hau idatzi du (2026 aza. 30, al. (10:12)):",
    ],
)
@pytest.mark.parametrize("words", ["", "Yes."])
def test_what_is_not_quoted_below_such_a_line_is_old(line: str, words: str) -> None:
    assert read(mail(f"{words}\n\n{line}\nOld.\n\nOld, too.\n", **ANSWERS)).new == words


@given(st.lists(st.text(alphabet="> aA.\n", max_size=90), max_size=12))
def test_no_letter_is_lost_or_added(lines: list[str]) -> None:
    flat = "\n".join(lines).split("\n")
    mended = relays.mended(flat)
    assert [line.lstrip("> ") for line in mended] == [line.lstrip("> ") for line in flat]
