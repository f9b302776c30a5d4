"""What makes the start of a Lambda function short, in one place. app.py imports this first (decision 168)."""

import gc
import os

# Lambda names the one function that its process will ever run; nobody else does.
_OWN = os.environ.get("_HANDLER")

# Nearly everything that imports make stays for ever: there is no garbage to look for until `imported`.
gc.disable()


def runs(*functions: str) -> bool:
    """Whether this process may run one of these functions of app.py. Outside Lambda it may run all: there Chalice looks
    for routes and events, the web is served and tests run."""
    return _OWN is None or _OWN.removeprefix("app.") in functions


def imported() -> None:
    """Collect garbage from now on, and never look through what was imported."""
    gc.freeze()
    gc.enable()
