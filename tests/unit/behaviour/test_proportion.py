"""Output is in proportion to input: no short message makes a long or slow mail or page."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.rendering import pages
from chalicelib.rules.intake import submission
from local.previews import examples
from tests.support import shops
from tests.unit.rendering.test_pages import spoilt

SHOP = shops.policy().shop("northlight")
LONGEST = submission.LONGEST["message"]
MAILS = [(name, context) for _, name, context in examples.mail_samples(SHOP) if context.get("text")]
# Characters with a meaning for code that wraps, quotes, links or escapes text.
PIECES = (
    *("> ", ">", "- ", "* ", "1. ", "99999999999. ", " ", "\t", "\n", "\r\n", "\n\n", "\v", "\f", "\u2028", "\x85"),
    *("&", "<", '"', "'", "a ", "a.co ", "www.a.co", "http://", "https://a.co/((((", "mailto:a@b.co ", "@", ")", ".,;"),
    *("-- \n", "{{ x }}", "%s", "\u200d", "ß", "x" * 57 + " "),
)


@pytest.mark.parametrize("piece", PIECES)
def test_a_repeated_piece_of_text_makes_no_long_mail(piece: str) -> None:
    text = (piece * LONGEST)[:LONGEST]
    assert MAILS
    for name, context in MAILS:
        empty, whole = (pages.mail(name, "en", **context | {"text": words}) for words in ("", text))
        assert len(whole.text) - len(empty.text) <= 2 * len(text) + 500, name
        # A short address becomes a link of some sixty characters.
        assert len(whole.html) - len(empty.html) <= 16 * len(text) + 500, name


@example('"' * 100)
@example("www.a.co " * 20)
@example("x\n\n" * 50)
@example("https://a.co/" + "&" * 60)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join) | st.text(max_size=200))
def test_the_weight_of_a_text_bounds_its_html(text: str) -> None:
    assert len(pages.paragraphs(text).encode("utf-8", "replace")) <= pages.weight(text)


@pytest.mark.parametrize("piece", ["> ", "&", "\n", "a.co ", "\t"])
def test_four_times_the_words_make_a_page_four_times_as_long(piece: str) -> None:
    for title, template, context in examples.page_samples(SHOP, "en"):
        bare, short, long = (
            len(pages.page(template, "en", **spoilt(context, with_=piece * times))) for times in (1, 100, 400)
        )
        assert long - bare <= 4.5 * (short - bare) + 500, title


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6), st.integers(1, 2000))
@example(["> "], 9990)
@example(["> ", "x" * 57 + " "], 300)
def test_no_mix_of_pieces_makes_a_long_mail(pieces: list[str], times: int) -> None:
    text = ("".join(pieces) * times)[:LONGEST]
    assert len(pages._wrapped(text)) <= 2 * len(text) + 200
    assert len(pages.quoted(text)) <= 3 * len(text) + 2
    assert len(pages.paragraphs(text)) <= 16 * len(text) + 20


@pytest.mark.parametrize("piece", PIECES)
def test_four_times_the_text_takes_no_more_than_about_four_times_as_long(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        begun = time.process_time()
        pages._wrapped(text)
        pages.paragraphs(text)
        return time.process_time() - begun

    # By turns, and the least counts: others' work displaces ours from the processor's caches for a while, which only
    # adds. Quadratic work takes sixteen times as long. Below a hundredth of a second the measurement is useless.
    took = [(seconds(LONGEST), seconds(4 * LONGEST)) for _ in range(9)]
    assert min(long for _, long in took) <= max(0.05, 10 * min(short for short, _ in took))


def test_a_long_quoted_line_is_wrapped_with_its_marks() -> None:
    line = "> > " + "word " * 40
    pieces = pages._wrapped(line).splitlines()
    assert len(pieces) > 2
    assert all(piece.startswith("> > ") for piece in pieces)


def test_a_line_of_only_quote_marks_is_text() -> None:
    pieces = pages._wrapped("> " * 30 + "word " * 40).splitlines()
    assert pieces[0].startswith("> > ")
    assert not pieces[-1].startswith(">")
