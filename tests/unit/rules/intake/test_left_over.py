"""Whatever is written into a mail that we know comes out, however it is quoted; a quotation alone gives nothing."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.intake import left_over
from chalicelib.rules.intake.left_over import Known, Left

ANSWER = """Hello Mira,

1. what is your order number?
2. which colour is it?

Our workshop has the shade in blue and in white, and can send it tomorrow if you answer today.

Ada
Northlight Lamps"""
MAIL = f"""{ANSWER}

Do you have a question about this? Just reply to this email.
You can read the whole conversation here:
https://care.example/api/t/1WyJOTC1QTUZFUS04

If we do not hear from you by Wednesday, 2 December 2026, we close this matter.

You wrote:
> my lamp arrived with a cracked shade.

--
Reference: NL-7K3F9-QXMT2
All times are in the shop's time zone, Europe/Berlin."""
KNOWN = Known(
    texts=(ANSWER, "my lamp arrived with a cracked shade."),
    phrases=(
        "Do you have a question about this? Just reply to this email.",
        "You can read the whole conversation here:",
        "If we do not hear from you by {when}, we close this matter.",
        "You wrote:",
        "Reference",
        "All times are in the shop's time zone, {timezone}.",
    ),
    names=("Mira Holm", "Ada Lindqvist", "Northlight Lamps", "NL-7K3F9-QXMT2"),
    days=("Wednesday", "December", "Europe/Berlin"),
    ours=("care.example",),
    shop="Northlight Lamps",
)
SAID = ("zebra", "quince", "xylophone", "4711", "blau", "violett", "ja", "größer")
INSERTED = st.lists(st.sampled_from(SAID), min_size=1, max_size=30)
PREFIXES = st.sampled_from(["", "> ", ">> ", "| ", "  "])
WIDTHS = st.sampled_from([60, 66, 72, 78, 500])


def quoted(text: str, prefix: str, width: int) -> list[str]:
    """The text as a client may wrap and mark it."""

    def wrapped(line: str) -> list[str]:
        return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]

    return [f"{prefix}{piece}" for line in text.split("\n") for piece in wrapped(line)]


def words(text: str) -> list[str]:
    return text.split()


@given(PREFIXES, WIDTHS)
def test_a_quotation_with_nothing_in_it_gives_nothing(prefix: str, width: int) -> None:
    assert left_over.left_over(quoted(MAIL, prefix, width), KNOWN) == Left()


@given(INSERTED, st.integers(0, MAIL.count("\n") + 1), PREFIXES, WIDTHS)
def test_a_line_that_is_written_between_comes_out(said: list[str], at: int, prefix: str, width: int) -> None:
    lines = MAIL.split("\n")
    whole = "\n".join([*lines[:at], " ".join(said), *lines[at:]])
    left = left_over.left_over(quoted(whole, prefix, width), KNOWN)
    assert words(left.words) == said
    kept = [line for line in left.asked.split("\n") if not line.startswith(">")]
    assert words(" ".join(kept)) == said


@given(INSERTED, st.integers(0, 12), PREFIXES, WIDTHS)
def test_words_that_are_written_into_a_line_come_out_with_it(said: list[str], at: int, prefix: str, width: int) -> None:
    sentence = "Our workshop has the shade in blue and in white, and can send it tomorrow"
    assert sentence in MAIL
    pieces = sentence.split(" ")
    whole = MAIL.replace(sentence, " ".join([*pieces[:at], *said, *pieces[at:]]))
    left = left_over.left_over(quoted(whole, prefix, width), KNOWN).words
    assert " ".join(said) in " ".join(left.split())


def test_the_question_stands_above_its_answer() -> None:
    whole = MAIL.replace("number?", "number?\nNL-2026-1").replace("is it?", "is it? blue, with a silver foot")
    left = left_over.left_over(whole.split("\n"), KNOWN)
    assert left.words == "NL-2026-1\n2. which colour is it? blue, with a silver foot"
    assert left.asked == f"> 1. what is your order number?\n{left.words}"


def test_a_short_text_is_known_where_it_begins_a_quotation_and_nowhere_else() -> None:
    known = Known(texts=("Yes", "You wrote: Yes", "Is it the blue one?"))
    lines = ["On Monday we wrote:", "> Yes", "> ", "> Is it the blue one?", "> Yes", "> ", "> You wrote:", "> Yes"]
    assert left_over.left_over(lines, known, {0}).words == "Yes"


@pytest.mark.parametrize("said", ["4711", "Mittwoch", "Wednesday", "yes", "x", "✔", "今日"])
def test_the_shortest_answers_come_out(said: str) -> None:
    whole = MAIL.replace("number?", f"number?\n{said}")
    assert left_over.left_over(whole.split("\n"), KNOWN).words == said


def test_below_all_of_it_no_question_is_shown() -> None:
    assert left_over.left_over([*MAIL.split("\n"), "", "NL-2026-1", "blue"], KNOWN) == Left(*["NL-2026-1\nblue"] * 2)


def test_a_mail_that_was_pasted_keeps_its_headers() -> None:
    pasted = ["From: DHL <noreply@dhl.example>", "Subject: Parcel", "", "Your parcel was damaged."]
    ours = ["From: Northlight Lamps <care+x@care.example>", "Subject: Question", "", *MAIL.split("\n"), "blue"]
    assert left_over.left_over(pasted, KNOWN, {0, 1}).asked == "\n".join((*pasted[:2], pasted[3]))
    assert left_over.left_over(ours, KNOWN, {0, 1}).asked == "blue"


def test_a_marked_quotation_of_a_mail_that_nobody_knows_stays_cut() -> None:
    lines = ["On Monday Wilma <wilma@example.org> wrote:", "> my zwetschgenmus"]
    assert left_over.left_over(lines, KNOWN, {0}) == Left()
    assert left_over.left_over([*lines, "", "I do too."], KNOWN, {0}).words == "I do too."


def test_a_quotation_of_any_length_is_compared_in_time() -> None:
    lines = [f"> {MAIL} word{n}" for n in range(50_000)]
    assert left_over.left_over(lines, KNOWN).words
    assert left_over.left_over(["a" * 10_000_000], KNOWN).words
