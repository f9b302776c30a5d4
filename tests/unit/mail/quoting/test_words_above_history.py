"""Words that look like the beginning of history, above what each client really writes there: all of them are sent, and
nothing else."""

import pytest

from tests.unit.mail.quoting.test_attributions import CITATIONS, UNSURE
from tests.unit.mail.quoting.test_fresh import DOCUMENTS, TEXTS, answer
from tests.unit.mail.quoting.test_own_fields import LINES, LISTS

WORDS = [*LINES, *LISTS, *(f"Hi,\n\n{line}\nIt is here.\n\nOk?" for line in [*CITATIONS, *UNSURE])]
ABOVE = {name: text for name, text in TEXTS.items() if text.startswith("{}")}


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("text", ABOVE.values(), ids=ABOVE.keys())
def test_in_plain_text(text: str, words: str) -> None:
    assert answer(text.replace("{}", words)).new == words


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_in_html(document: str, words: str) -> None:
    html = words.replace("<", "&lt;").replace("\n", "<br>")
    new = answer(document.replace("{}", html), "text/html; charset=utf-8").new
    assert new.split() == words.split()
