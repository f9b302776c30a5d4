"""What was done in the old table since the moment of the restore, and must not be undone: read from its audit events,
certificates and logs."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.aws.table.codec import Attributes, instant
from chalicelib.aws.table.table import Table
from chalicelib.patterns import pattern
from chalicelib.rules.tickets.log import Action
from deploy.restoring import tables

# A ticket on which one of these was done since is taken from the old table, as it is there.
LASTING = frozenset({
    Action.PARTICIPANT_ERASED, Action.RECTIFIED, Action.READDRESSED, Action.LINKS_WITHDRAWN, Action.LEGAL_HOLD_PLACED,
    Action.LEGAL_HOLD_LIFTED, Action.IDENTITY_CONFIRMED, Action.IDENTITY_NOT_CONFIRMED,
    Action.RATING_WITHDRAWN,
})  # fmt: skip
# Items that the new table gets as they are in the old one: proof; who is not mailed, or not adverts; who has signed
# out; digests sent.
_KEPT = ("AUDIT", "PURGE", "SUPPRESSED", "OBJECTION", "AGREEMENT", "AGENT", "DIGEST")
# What an audit event says that a function was asked.
_ASKED = pattern(r"(\w+)=(\S+)")
# The logs have our clocks' times, the restore has DynamoDB's.
_MARGIN = timedelta(minutes=15)


@dataclass(slots=True)
class Since:
    """What the old table says about the time since `at`. `refs`: all its tickets. `lasting`: those on which
    something was done since that no restore may undo. `orders`, `lasting_orders`: the same of its orders.
    `subjects`: the blinded names of what was deleted since, tickets and people. `withdrawn`: tickets whose links
    were withdrawn at the console. `corrected`: the blinded names of people who were corrected. `kept`: items to
    keep."""

    at: datetime
    refs: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    lasting_orders: set[str] = field(default_factory=set)
    lasting: set[str] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    corrected: set[str] = field(default_factory=set)
    kept: list[Attributes] = field(default_factory=list)


def read(old: Table, at: datetime) -> Since:
    """Go through the old table once."""
    since = Since(at - _MARGIN)
    for item in tables.items(old):
        kind, _, name = item["pk"]["S"].partition("#")
        if kind == "TICKET":
            _note_ticket(since, name, item)
        elif kind == "ORDER":
            _note_order(since, name, item)
        elif kind in _KEPT:
            since.kept.append(item)
            # One without this is not finished: it began, and goes on.
            if kind == "PURGE" and ("done_at" not in item or _text(item, "done_at") >= instant(since.at)):
                since.subjects.add(_text(item, "subject"))
            elif kind == "AUDIT" and _text(item, "at") >= instant(since.at):
                _note_audit_event(since, item)
    return since


def _note_ticket(since: Since, ref: str, item: Attributes) -> None:
    sk = item["sk"]["S"]
    if sk == "TICKET":
        since.refs.add(ref)
    elif sk.startswith("LOG#") and sk >= f"LOG#{instant(since.at)}" and _text(item, "action") in LASTING:
        since.lasting.add(ref)


def _note_order(since: Since, ref: str, item: Attributes) -> None:
    since.orders.add(ref)
    begins = instant(since.at)
    logged = [entry["M"] for entry in item.get("log", {"L": []})["L"]]
    lasting = any(_text(entry, "at") >= begins and _text(entry, "action") in LASTING for entry in logged)
    if lasting or _text(item, "reduced_at") >= begins:
        since.lasting_orders.add(ref)


def _note_audit_event(since: Since, item: Attributes) -> None:
    asked = dict(_ASKED.findall(_text(item, "detail")))
    match _text(item, "action"):
        case "withdraw_links":
            since.withdrawn.add(asked.get("reference", "").upper())
        case "rectify_subject":
            since.corrected.add(asked.get("subject", ""))


def _text(item: Attributes, name: str) -> str:
    return str(item.get(name, {}).get("S", ""))
