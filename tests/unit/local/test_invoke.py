"""Calling a function from a terminal, with a typed event or with one that the console's Test button offers."""

from pathlib import Path

import pytest

from local import invoke


@pytest.mark.parametrize(
    ("function", "payload", "said"),
    [
        ("report", "{", "The event is not JSON"),
        ("report", "@a-year", "There is no event @a-year of report. There are: @a-month, @counted-again."),
        ("dance", "@now", "There is no event @now of dance. There are: none."),
        ("report", "@a-month", "Nothing is running"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(
    function: str, payload: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke.main(function, payload, tmp_path) == 1
    assert said in capsys.readouterr().err
