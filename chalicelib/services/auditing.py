"""`verify_audit`: the logs of tickets computed again, to show that no entry is missing, altered or added."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from chalicelib.rules.audit import Verdict, verdict
from chalicelib.rules.policy import Shop
from chalicelib.services import console_events
from chalicelib.services.ports import Deps, Run
from chalicelib.services.ports_records import Holding

_PAGE = 100
# More are counted, not named.
_MOST_NAMED = 100


def verify_audit(deps: Deps, event: Any, run: Run) -> dict[str, Any]:
    """The logs of one ticket (`shop`, `reference`), or of those opened `from` a day `to` another. How many came out,
    and which did not and why; `left_off` is the day to go on `from` when time ran short. Raises BadInput."""
    said = console_events.fields(event, "shop", "reference", "from", "to")
    shop = console_events.shop(deps, said)
    if "reference" in said:
        console_events.fields(event, "shop", "reference")
        return _told(Counter(), [_verified(deps, console_events.ticket(deps, shop, said).ref)], None)
    since, until = console_events.days(said)
    counts, wrong = Counter[str](), list[dict[str, Any]]()
    for day in _days(since, until):
        if not run.time_left():
            return _told(counts, wrong, day)
        for ref in _opened_on(deps, shop, day):
            found = _verified(deps, ref)
            if found["log"] == Verdict.WHOLE:
                counts[Verdict.WHOLE] += 1
            else:
                wrong.append(found)
    return _told(counts, wrong, None)


def verdicts(deps: Deps, holding: Holding) -> dict[str, Verdict]:
    """What the ticket's own chain says (""), and those of its messages by their ids."""
    chains = {"": verdict(deps.secret, holding.ticket, (each for each in holding.log if each.message is None))}
    for message in holding.messages:
        own = [each for each in holding.log if each.message == message.id]
        chains[message.id] = verdict(deps.secret, message, own)
    known = {None, *(message.id for message in holding.messages)}
    return chains | {each.message or "": Verdict.ADDED for each in holding.log if each.message not in known}


def _verified(deps: Deps, ref: str) -> dict[str, Any]:
    holding = deps.store.holding(ref)
    if holding is None:
        return {"reference": ref, "log": Verdict.WHOLE, "entries": 0}  # purged since the index was read
    wrong = [said for said in verdicts(deps, holding).values() if said is not Verdict.WHOLE]
    entries = len(holding.ticket.log) + len(holding.log)
    return {"reference": ref, "log": wrong[0] if wrong else Verdict.WHOLE, "entries": entries}


def _told(counts: Counter[str], found: list[dict[str, Any]], left_off: date | None) -> dict[str, Any]:
    wrong = [each for each in found if each["log"] != Verdict.WHOLE]
    whole = counts[Verdict.WHOLE] + len(found) - len(wrong)
    return {
        "whole": whole,
        "wrong": len(wrong),
        "tickets": wrong[:_MOST_NAMED],
        "left_off": left_off.isoformat() if left_off else None,
    }


def _opened_on(deps: Deps, shop: Shop, day: date) -> Iterator[str]:
    after = ""
    while refs := deps.store.opened_on(shop.id, day, _PAGE, after):
        yield from refs
        after = refs[-1]


def _days(since: date, until: date) -> Iterator[date]:
    return (since + timedelta(days=number) for number in range((until - since).days + 1))
