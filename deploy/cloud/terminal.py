"""The person at the terminal: what is said to them, what they are asked, and the wait between two looks."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from deploy.cloud.stops import Stopped


def _ask(question: str) -> str:
    try:
        return input(question)
    except EOFError:
        return ""


def _say(sentence: str) -> None:
    print(sentence, flush=True)


@dataclass(frozen=True, slots=True)
class Terminal:
    """Speaks to a person; tests put in their own functions."""

    say: Callable[[str], None] = _say
    ask: Callable[[str], str] = _ask
    sleep: Callable[[float], None] = time.sleep

    def agreed(self, question: str, answer: str) -> None:
        """Ask, and raise Stopped unless the answer is exactly this."""
        if self.ask(f"{question} Type {answer} to go on: ").strip() != answer:
            raise Stopped("Nothing was changed.")
