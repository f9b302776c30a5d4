"""The size and rights of each function in one table. Packaging makes Chalice's configuration and a policy per function
from it. `python -m deploy.rights [FUNCTION]` prints the policies as they are written.

deploy.own_rights adds a function's rights to its own log and to itself. docs/operations.md explains all rights in words
(decisions 138 and 147).
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy import statements as may
from deploy.statements import TABLE, Statement, of_keys, right

# Keys of evidence: no function may delete it, and functions that never write it are explicitly denied to.
AUDIT_EVENTS, CERTIFICATES = "AUDIT#", "PURGE#"
PROOF = frozenset({AUDIT_EVENTS, CERTIFICATES})
_LEFT_ALONE = {
    PROOF: "LeaveProofAlone",
    frozenset({AUDIT_EVENTS}): "LeaveAuditEventsAlone",
    frozenset({CERTIFICATES}): "LeaveCertificatesAlone",
}


@dataclass(frozen=True, slots=True)
class Function:
    """A function's size and rights: the DynamoDB actions with which it reads the table, the leading keys of items that
    it puts and updates, and further rights."""

    memory: int  # MB
    timeout: int  # seconds
    reads: str = ""
    puts: str = ""
    updates: str = ""
    more: tuple[Statement, ...] = ()
    # True for functions that may need more than one run (aws.running).
    runs_once_more: bool = False
    # True for functions that resources.yaml starts by a schedule.
    scheduled: bool = False

    @property
    def runs_unawaited(self) -> bool:
        """Whether nobody waits for the answer of some of its runs (deploy.template.runs)."""
        return self.scheduled or self.runs_once_more


# Leading keys used together: of the counters; of a ticket's change with the day's SLA counters; of a tally with the
# day's counts; and of an order's too
COUNTERS, COUNTED_TICKET = "COUNT# COUNTED#", "SLA# TICKET#"
COUNTED_DAY = "STAT# TALLIED#"
COUNTED_ITEM, COUNTED_ORDER = f"ORDER# {COUNTED_TICKET}", "ORDER# SLA#"
EVERY_WAY = "BatchGetItem GetItem Query"

FUNCTIONS = {
    "api_handler": Function(
        1024, 29, EVERY_WAY,
        puts=f"AGENT# AGREEMENT# AWAY# BACK# CALLS# CONN# {COUNTERS} FEEDBACK# IMPROVE# OBJECTION# OUT# PRESENCE# QA# "
             f"SESSION# SIGNIN# {COUNTED_DAY} WAIT# {COUNTED_ITEM}",
        updates=f"CALLS# {COUNTERS} SIGNIN# {COUNTED_DAY} {COUNTED_ITEM}",
        more=(may.READ_INBOX_CUSTOMERS_AND_DUE_WORK, may.KEEP_FILES_AND_UPLOADS, may.SEND_AS_THE_SHOPS, may.READ_SECRET,
              may.READ_CLIENT_SECRET, may.READ_SOURCES_SECRET, may.KEEP_RAW_EVENTS, may.PUT_SHOPS_EVENTS,
              may.READ_DEPTHS, may.PASS_BELLS_ON),
    ),
    "receive_mail": Function(
        1024, 20, EVERY_WAY,
        puts=f"{COUNTERS} SUPPRESSED# UNDELIVERED# RAW# {COUNTED_TICKET}",
        updates=f"{COUNTERS} RAW# {COUNTED_TICKET}",
        more=(may.TAKE_MAIL, may.READ_AND_SETTLE_RAW_MAIL, may.TELL_MISSING_FROM_FORBIDDEN, may.KEEP_FILES,
              may.SEND_AS_THE_SHOPS, may.READ_SECRET),
    ),
    "receive_event": Function(
        512, 30, EVERY_WAY,
        puts=f"BACK# CALLS# {COUNTERS} PRICES# RAW# SOURCE# UNDELIVERED# {COUNTED_DAY} {COUNTED_ITEM}",
        updates=f"CALLS# {COUNTERS} RAW# {COUNTED_DAY} {COUNTED_ITEM}",
        more=(may.TAKE_SHOPS_EVENTS, may.KEEP_RAW_EVENTS, may.READ_AND_SETTLE_RAW_EVENTS,
              may.TELL_MISSING_FROM_FORBIDDEN, may.SEND_TEXTS, may.KEEP_FILES, *may.FETCH_BY_WHATSAPP,
              may.READ_SOURCES_SECRET, may.READ_SECRET),
    ),
    "send_mail": Function(
        512, 60, EVERY_WAY,
        puts=f"{COUNTERS} SOURCE# UNDELIVERED# SENT# {COUNTED_ITEM}",
        updates=f"{COUNTERS} {COUNTED_ITEM}",
        more=(may.READ_STREAM, may.KEEP_FAILED_SENDING, may.FIND_TICKETS, may.READ_FILES, may.SEND_AS_THE_SHOPS,
              may.ANSWER_BY_TEXT, may.ANSWER_BY_WHATSAPP, may.READ_SOURCES_SECRET, may.READ_SECRET),
    ),
    "index_words": Function(
        512, 120,
        puts=f"IMPROVE# {COUNTED_DAY}",
        updates=COUNTED_DAY,
        more=(may.READ_STREAM, may.KEEP_FAILED_INDEXING, may.READ_TICKETS_AND_TALLIES, may.READ_LOGS_AND_COUNTS,
              may.INSERT_WORDS, may.PASS_BELLS_ON, may.READ_SECRET),
    ),
    "websocket_connect": Function(
        512, 10, puts="CONN#", more=(may.READ_CONNECTIONS, may.FORGET_CONNECTIONS)
    ),
    "websocket_message": Function(512, 10, updates="CONN#", more=(may.TELL_BELLS,)),
    "websocket_disconnect": Function(512, 10, more=(may.FORGET_CONNECTIONS,)),
    "ring_bells": Function(512, 30, more=(may.FIND_CONNECTIONS, may.FORGET_CONNECTIONS, may.RING)),
    "escalate_overdue": Function(
        512, 240, EVERY_WAY,
        puts=f"{AUDIT_EVENTS} BACK# {COUNTERS} OUT# UNDELIVERED# RUN SENT# SOURCE# WAIT# {COUNTED_ITEM}",
        updates=f"{COUNTERS} OUT# {COUNTED_ITEM}",
        more=(may.READ_DUE_WORK, may.FIND_TICKETS, may.READ_FILES, may.SEND_AS_THE_SHOPS, may.ANSWER_BY_TEXT,
              may.ANSWER_BY_WHATSAPP, may.PASS_BELLS_ON, may.READ_SOURCES_SECRET, may.READ_SECRETS),
        scheduled=True,
    ),
    "note_delivery": Function(
        512, 20, "GetItem",
        puts=f"SUPPRESSED# UNDELIVERED# SENT# {COUNTED_ITEM}",
        updates=COUNTED_ITEM,
        more=(may.TAKE_EVENTS, may.READ_SECRET),
    ),
    "reconcile": Function(
        1769, 900, "BatchGetItem Query",  # a whole processor
        puts=f"{AUDIT_EVENTS} RECONCILIATION#",
        more=(may.LIST_RAW_MAIL_AND_EVENTS, may.PUT_RAW_BACK, may.REDRIVE_DEAD_LETTERS, may.READ_SECRETS,
            may.READ_LATEST_AUDIT_EVENT),
        scheduled=True,
    ),
    "catch_up_orders": Function(
        512, 300, "BatchGetItem GetItem",
        puts=f"{AUDIT_EVENTS} PRICES# SOURCE# {COUNTED_ORDER}",
        updates=COUNTED_ORDER,
        more=(may.READ_SOURCES_SECRET, may.READ_SECRETS),
        scheduled=True,
    ),
    "tell_shops": Function(
        512, 120, "GetItem Query",
        puts=f"{AUDIT_EVENTS} ORDER# OUT#",
        more=(may.FORGET_WHAT_WAS_TOLD, may.READ_SOURCES_SECRET, may.READ_SECRETS),
        scheduled=True,
    ),
    "list_quarantine": Function(512, 60, "GetItem", puts=AUDIT_EVENTS, more=(may.READ_INBOX, may.READ_SECRETS)),
    "release_from_quarantine": Function(512, 60, "GetItem", puts=f"{AUDIT_EVENTS} TICKET#", more=(may.READ_SECRETS,)),
    "withdraw_links": Function(512, 60, "GetItem", puts=f"{AUDIT_EVENTS} TICKET#", more=(may.READ_SECRETS,)),
    "act_on_ticket": Function(
        512, 60, EVERY_WAY,
        puts=f"{AUDIT_EVENTS} AGREEMENT# CALLS# OBJECTION# QA# {COUNTED_TICKET}",
        updates=COUNTED_TICKET,
        more=(may.FIND_TICKETS, may.KEEP_AND_COPY_FILES, may.READ_SECRETS),
    ),
    "absences": Function(512, 30, "GetItem", puts=f"{AUDIT_EVENTS} AWAY#", more=(may.READ_SECRETS,)),
    "send_digests": Function(
        512, 120, "BatchGetItem GetItem Query",
        puts=f"{AUDIT_EVENTS} DIGEST# IMPROVE#",
        more=(may.READ_INBOX, may.SEND_AS_THE_SHOPS, may.READ_SECRETS),
        scheduled=True,
    ),
    "export_tickets": Function(
        1024, 900, EVERY_WAY,
        puts=f"{AUDIT_EVENTS} EXPORT#",
        more=(may.FIND_DAYS, may.WRITE_EXPORTS_IN_PARTS, may.READ_FILES, may.READ_SECRETS),
        runs_once_more=True,
    ),
    "report": Function(
        1024, 900, "BatchGetItem Query",
        puts=AUDIT_EVENTS,
        more=(may.FIND_DAYS_AND_OVERDUE, may.WRITE_EXPORTS, may.READ_SECRETS, may.READ_LATEST_AUDIT_EVENT),
    ),
    "health": Function(
        512, 120, "GetItem Query",
        puts=AUDIT_EVENTS,
        more=(may.READ_DUE_WORK, may.READ_INBOX, may.WRITE_EXPORTS, may.LIST_RAW_MAIL, may.READ_DEPTHS,
              may.READ_SECRETS, may.READ_MAIL_ACCOUNT, may.READ_MAIL_DOMAINS),
        scheduled=True,
    ),
    "redrive": Function(
        512, 300,
        puts=AUDIT_EVENTS,
        more=(may.PUT_BACK, may.TAKE_DEAD_LETTERS, may.READ_DEPTHS, may.READ_SECRETS, may.READ_LATEST_AUDIT_EVENT),
    ),
    "reindex": Function(
        512, 900, "GetItem Query",
        puts=AUDIT_EVENTS,
        more=(may.FIND_DAYS, may.INSERT_WORDS, may.READ_SECRETS),
        runs_once_more=True,
    ),
    "export_subject": Function(
        1024, 900, EVERY_WAY,
        puts=f"{AUDIT_EVENTS} EXPORT#",
        more=(may.FIND_TICKETS, may.WRITE_EXPORTS_IN_PARTS, may.READ_FILES, may.READ_SECRETS),
        runs_once_more=True,
    ),
    "export_audit": Function(
        1024, 900, "GetItem Query",
        puts=f"{AUDIT_EVENTS} EXPORT#",
        more=(may.FIND_DAYS, may.WRITE_EXPORTS_IN_PARTS, may.READ_SECRETS),
        runs_once_more=True,
    ),
    "purge_expired": Function(
        512, 900, "GetItem Query",
        puts=f"{AUDIT_EVENTS} {CERTIFICATES} TICKET#",
        updates=f"{CERTIFICATES} TICKET#",
        more=(may.READ_DUE_WORK, *may.DELETE_TICKETS, may.END_ORDERS, *may.DELETE_FILES, may.READ_SECRETS),
        scheduled=True,
    ),
    "erase_subject": Function(
        1024, 900, EVERY_WAY,
        puts=f"{AUDIT_EVENTS} AGREEMENT# {CERTIFICATES} ORDER# QA# TICKET# WAIT#",
        updates=f"{CERTIFICATES} TICKET#",
        more=(may.READ_DUE_WORK, may.FIND_TICKETS, *may.DELETE_TICKETS, *may.DELETE_FILES, may.READ_MAILS_AND_FILES,
              may.KEEP_FILES, may.READ_SECRETS),
        runs_once_more=True,
    ),
    "rectify_subject": Function(
        512, 900, EVERY_WAY,
        puts=f"{AUDIT_EVENTS} ORDER# TICKET#",
        more=(may.FIND_TICKETS, may.READ_SECRETS),
        runs_once_more=True,
    ),
    "verify_audit": Function(512, 900, "GetItem Query", puts=AUDIT_EVENTS, more=(may.FIND_DAYS, may.READ_SECRETS)),
    "place_legal_hold": Function(512, 30, "GetItem", puts=f"{AUDIT_EVENTS} ORDER# TICKET#", more=(may.READ_SECRETS,)),
    "lift_legal_hold": Function(512, 30, "GetItem", puts=f"{AUDIT_EVENTS} ORDER# TICKET#", more=(may.READ_SECRETS,)),
}  # fmt: skip


def statements(function: str, traced: bool = False) -> list[Statement]:
    """The rights of the function's role, except those that deploy.own_rights adds. A traced function may also send
    traces."""
    of = FUNCTIONS[function]
    by_lambda = ([may.SEND_TRACES] if traced else []) + ([may.KEEP_FAILED_RUNS] if of.runs_unawaited else [])
    return [*by_lambda, *_of_table(of), *_denials(of), *of.more]


def _of_table(of: Function) -> Iterator[Statement]:
    if of.reads:
        yield right("ReadTable", f"dynamodb: {of.reads}", TABLE)
    if of.puts:
        yield right("PutNothingElse", "dynamodb: PutItem", TABLE, Condition=of_keys(of.puts))
    if of.updates:
        yield right("UpdateNothingElse", "dynamodb: UpdateItem", TABLE, Condition=of_keys(of.updates))


def _denials(of: Function) -> Iterator[Statement]:
    """Deny the function every action on audit events and certificates that it never takes, so that rights widened later
    by mistake don't allow it."""
    written = {"BatchWriteItem": "", "DeleteItem": "", "PartiQLInsert": ""}
    written |= {"PutItem": of.puts, "UpdateItem": of.updates}
    for kinds, sid in _LEFT_ALONE.items():
        never = [action for action, keys in written.items() if kinds == PROOF - set(keys.split())]
        if never:
            keys = of_keys(" ".join(kinds), "ForAnyValue")
            yield right(sid, f"dynamodb: {' '.join(never)}", TABLE, effect="Deny", Condition=keys)


def policy(function: str, traced: bool = False) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements(function, traced)}


def write(chalice: Path, folder: Path, traced: bool = False) -> None:
    """Write Chalice's configuration to `folder`: the one in `chalice`, with each function's size and policy. X-Ray
    traces the functions if `traced` (decision 180)."""
    folder.mkdir()
    config = json.loads((chalice / "config.json").read_text(encoding="utf-8"))
    config["xray"] = traced
    files = {f"policy-{name}.json": policy(name, traced) for name in FUNCTIONS}
    config["lambda_functions"] = {
        name: {"iam_policy_file": file, "lambda_memory_size": of.memory, "lambda_timeout": of.timeout}
        for file, (name, of) in zip(files, FUNCTIONS.items(), strict=True)
    }
    for name, content in (files | {"config.json": config}).items():
        (folder / name).write_text(json.dumps(content, indent=2), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.rights", description="Print what functions may do.")
    parser.add_argument("function", nargs="?", choices=list(FUNCTIONS), metavar="FUNCTION")
    wanted = parser.parse_args().function
    print(json.dumps({name: policy(name) for name in FUNCTIONS if wanted in (None, name)}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
