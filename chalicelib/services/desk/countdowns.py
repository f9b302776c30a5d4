"""Countdowns in words: "answer due in 3 h 10 m", "answer 2 d overdue"; next to the promise's name "due in 3 h 10 m".

The words are in templates/words under [desk.countdown].
"""

from datetime import datetime

from chalicelib.rendering import words
from chalicelib.rules.timing.countdown import countdown


def said(clock: str, due: datetime, now: datetime, language: str) -> str:
    """The countdown of the promise with this clock; if `clock` is "", nothing is due."""
    if not clock:
        return words.phrase(language, "desk.countdown.nothing")
    what = words.phrase(language, f"desk.countdown.clock.{clock}")
    return _counted("desk.countdown", due, now, language, what=what)


def left(due: datetime, now: datetime, language: str) -> str:
    """The time left, for use next to the promise's name."""
    return _counted("desk.countdown.left", due, now, language)


def _counted(form: str, due: datetime, now: datetime, language: str, **values: str) -> str:
    counted = countdown(due, now)
    time = " ".join(
        words.phrase(language, f"desk.countdown.{unit}", count).format(count=count) for unit, count in counted.parts
    )
    state = "now" if counted.now else "late" if counted.late else "due"
    return words.phrase(language, f"{form}.{state}").format(time=time, **values)
