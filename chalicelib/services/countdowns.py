"""Countdowns in words: "answer due in 3 h 10 m", "answer 2 d overdue"."""

from datetime import datetime

from chalicelib import words
from chalicelib.rules.countdown import countdown


def said(clock: str, due: datetime, now: datetime, language: str) -> str:
    """What of the promise named by its clock; "" names none, and nothing is due."""
    if not clock:
        return words.phrase(language, "desk.countdown.nothing")
    counted = countdown(due, now)
    time = " ".join(
        words.phrase(language, f"desk.countdown.{unit}", count).format(count=count) for unit, count in counted.parts
    )
    form = "now" if counted.now else "late" if counted.late else "due"
    what = words.phrase(language, f"desk.countdown.clock.{clock}")
    return words.phrase(language, f"desk.countdown.{form}").format(what=what, time=time)
