"""What every release wrote stays readable (decision 167): the current program reads, answers, escalates, exports,
verifies, erases and purges the tables and buckets of every release. They are in tests/fixtures and are never written
again."""

import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws.table import items as forms
from chalicelib.aws.table import ticket_items
from chalicelib.aws.table.codec import attributes, decode
from chalicelib.errors import InvalidLink
from chalicelib.mail.composing import plus_address
from chalicelib.rules.access.sessions import Session, SignIn, agents_of
from chalicelib.rules.identity import keys
from chalicelib.rules.policy.reading import read
from chalicelib.rules.privacy.audit_events import AuditEvent, ChainPlace
from chalicelib.rules.tickets.clocks import REMEDY
from chalicelib.rules.tickets.log import Action, DetailCode
from chalicelib.rules.tickets.ticket import LogEntry, Person, State, Ticket
from chalicelib.services.customer import customer_page
from chalicelib.services.desk import inbox_view, log_details, searching, ticket_view
from chalicelib.services.exports import audit_exports, subject_exports, ticket_exports
from chalicelib.services.intake.arrivals import Outcome
from chalicelib.services.operations import health_checks, quarantine
from chalicelib.services.ports.exports import Export
from chalicelib.services.ports.mails import UndeliveredMail
from chalicelib.services.ports.purges import DeletionCertificate
from chalicelib.services.ports.tickets import Draft
from chalicelib.services.ports.work import RunMark
from chalicelib.services.privacy import auditing, erasing, retention
from tests.support.agents import ADA, TOM
from tests.support.releases import kept, members
from tests.support.releases.stage import CARE, Stage, staged
from tests.support.releases.ticket_lives import ROBIN

RELEASES = kept.releases()
# Values that a fixture may lack.
LACKING: dict[str, set[str]] = {
    "action": {"acted"},  # for an action without its own entry: there is none yet
    "code": {"act"},  # likewise
    "outcome": {"gone"},  # of a raw mail; never stored
    "set_by": {"merge"},  # for merged tickets that both have no promise left
    # An item leaves out a field with its default.
    "carried_out_by": {"seller"},
    "event": {"words"},
    "status": {"owed"},
    "priority": {"normal"},
    "visibility": {"shared"},
}
# Fields that an item has as several attributes of its own.
SPREAD = {"custody"}
# The dataclass of an item, by the beginnings of its keys. Other items consist of keys or numbers only.
_DATACLASSES: dict[tuple[str, str], type[Any]] = {
    ("TICKET#", "LOG#"): LogEntry,
    ("TICKET#", "DRAFT#"): Draft,
    ("SESSION#", "SESSION"): Session,
    ("EXPORT#", "EXPORT"): Export,
    ("AUDIT#LATEST", "LATEST"): ChainPlace,
    ("AUDIT#2", ""): AuditEvent,
    ("PURGE#", ""): DeletionCertificate,
    ("UNDELIVERED#", ""): UndeliveredMail,
    ("RUN", "DUE_WORK"): RunMark,
}
# Attributes besides the dataclass's: keys, indexes, expiry.
_AROUND = {"pk", "sk", "expires_at"}

# Details that are shown as they are stored: other servers' codes, references, people's own words.
_AS_THEY_ARE = {
    DetailCode.STATUS, DetailCode.ERROR, DetailCode.ORDER_NUMBER, DetailCode.TAG, DetailCode.REASON, DetailCode.TICKET,
    DetailCode.WITH, DetailCode.INTO, DetailCode.ORIGIN, DetailCode.REMINDER, DetailCode.SCORE,
}  # fmt: skip

pytestmark = pytest.mark.parametrize("folder", RELEASES, ids=lambda folder: folder.name)


@contextmanager
def opened(folder: Path, **later: float) -> Iterator[Stage]:
    """The current program on what the release wrote, at the moment it stopped writing or later."""
    meta = kept.meta(folder)
    secret, audit = keys.read(meta["secret"]), keys.read(meta["audit_secret"])
    policy = read((folder / "policy.toml").read_text(encoding="utf-8"))
    with staged(policy, secret, audit, datetime.fromisoformat(meta["present"]) + timedelta(**later)) as stage:
        kept.load(folder, stage.places)
        stage.indexed = {(item["pk"]["S"], item["sk"]["S"]) for item in stage.items()}
        yield stage


def test_a_fixture_contains_every_member_and_kind_of_item(folder: Path) -> None:
    """Every member of every enumeration, every field, and every kind of item: what is missing would not be tested."""
    meta, items = kept.meta(folder), kept.items(folder)
    held = members.held(items)
    lacking = {name: set(known) - held.get(name, set()) - {""} for name, known in meta["members"].items()}
    assert {name: found for name, found in lacking.items() if found} == LACKING
    stored = members.attributes(items)
    never = {name: set(fields) - stored - SPREAD for name, fields in meta["fields"].items()}
    assert {name: found for name, found in never.items() if found} == {}
    begins = [(item["pk"]["S"], item["sk"]["S"]) for item in items]
    for kind, (pk, sk) in meta["kinds_of_items"].items():
        assert any(each[0].startswith(pk) and each[1].startswith(sk) for each in begins), kind
    assert {found["bucket"] for found in kept.objects(folder)} == {"mail", "files"}


def test_items_are_unchanged_after_reading_and_writing(folder: Path) -> None:
    for item in kept.items(folder):
        pk, sk = item["pk"]["S"], item["sk"]["S"]
        if pk.startswith("TICKET#") and sk == "TICKET":
            ticket = ticket_items.read_ticket(item)
            again = ticket_items.ticket_item(ticket)
            # A ticket that is being purged stands only in the list of unfinished purges.
            written = ticket_items.is_written(ticket, item)
            assert written if "purging" not in item else again | item == again | _listed(item), pk
        elif sk.startswith("MSG#"):
            assert ticket_items.message_item(ticket_items.read_message(item)) == item, pk
        elif sk == "SIGNIN" and "address" in item:  # else an attempt, or for no agent
            assert forms.sign_in_item(decode(SignIn, item)) == {n: v for n, v in item.items() if n != "used_at"}, pk
        elif kind := next((of for (p, s), of in _DATACLASSES.items() if pk.startswith(p) and sk.startswith(s)), None):
            said = {name: value for name, value in item.items() if name not in _AROUND}
            assert attributes(decode(kind, item)) == said, pk


def _listed(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("due_work", "next_step") if name in item}


def test_agents_see_and_find_every_ticket(folder: Path) -> None:
    with opened(folder) as stage:
        agents = {**agents_of(stage.deps.policy, TOM), **agents_of(stage.deps.policy, ROBIN)}
        refs = stage.refs()
        for number, ref in enumerate(refs):
            loaded, language = ticket_view.load(stage.deps, ref, agents), ("en", "de")[number % 2]
            assert ticket_view.view(stage.deps, loaded, Person("Tom", TOM), language, "").log
        listed = {
            row.ref
            for name in inbox_view.LISTS
            for row in inbox_view.inbox(stage.deps, agents, inbox_view.InboxQuery(name), "en").rows
        }
        running = {ref for ref in refs if stage.ticket(ref).state is not State.CLOSED}
        assert running
        assert len(listed & running) >= min(len(running), 25)
        named = kept.meta(folder)["tickets"]
        for query in ("cracked shade", "mira@holm.example", named["upheld"]):
            assert named["upheld"] in {row.ref for row in searching.search(stage.deps, agents, query, "en").rows}, query
        assert quarantine.list_quarantine(stage.deps, {"shop": "northlight"})["count"]


def test_no_entry_of_a_log_shows_a_code(folder: Path) -> None:
    """The log of every ticket, with every action that there is, at a German desk: some codes are English words."""
    with opened(folder) as stage:
        seen: set[DetailCode] = set()
        for ref in stage.refs():
            ticket, shop = stage.ticket(ref), stage.shop(stage.ticket(ref).shop)
            for entry in (*ticket.log, *stage.store.history(ref, 1000)):
                said = {word.strip(",:;") for word in log_details.in_words(shop, ticket, entry.details, "de").split()}
                for detail in entry.details:
                    seen.add(detail.code)
                    codes = {detail.value, detail.was} if detail.code not in _AS_THEY_ARE else set()
                    assert not codes & said, (entry.action, said)
        known = {DetailCode(code) for code in kept.meta(folder)["members"]["code"]}
        assert seen >= known - {DetailCode.ACT}


def test_the_kinds_of_the_release_go_on_under_its_own_policy(folder: Path) -> None:
    """Its policy does not know the kinds that came later. Tickets of its own kinds are changed to them and back, while
    their clocks run (decision 202)."""
    stated = tomllib.loads((folder / "policy.toml").read_text(encoding="utf-8"))["defaults"]["kinds"]
    assert sorted(stated) == kept.meta(folder)["members"]["kind"]
    with opened(folder) as stage:
        by_kind = {stage.ticket(ref).kind: ref for ref in stage.refs() if _unfinished(stage.ticket(ref))}
        assert by_kind.keys() <= stated.keys()
        assert len(by_kind) > 3
        later = [name for name in stage.shop().kinds if name not in stated]
        for number, ref in enumerate(by_kind.values()):
            _becomes(stage, ref, later[number % len(later)])
        stage.passes(days=31)
        for kind, ref in by_kind.items():
            assert stage.ticket(ref).kind in later
            _becomes(stage, ref, kind)


def _becomes(stage: Stage, ref: str, kind: str) -> None:
    shop = stage.ticket(ref).shop
    stage.acts("change", ref, ROBIN if shop == "kettle" else ADA, shop, kind=kind)


def _unfinished(ticket: Ticket) -> bool:
    return ticket.state in (State.OPEN, State.WAITING, State.REFERRED) and bool(ticket.requester.address)


def test_links_in_customers_mailboxes_open(folder: Path) -> None:
    meta = kept.meta(folder)
    with opened(folder) as stage:
        for what, token in meta["pages"].items():
            assert customer_page.view(stage.deps, token).entries, what
        assert customer_page.view(stage.deps, meta["receipt"]).receipt
        assert customer_page.download(stage.deps, meta["file"])
        with pytest.raises(InvalidLink):
            customer_page.view(stage.deps, meta["withdrawn"])


def test_files_are_unchanged(folder: Path) -> None:
    with opened(folder) as stage:
        for ref in stage.refs():
            for message in (stage.ticket(ref).opening, *stage.messages(ref)):
                for file in message.files:
                    assert len(stage.files.read(file.key)) == file.size
                for key in (message.text_key, message.raw_key):
                    assert key is None or stage.files.read(key)


def test_promises_are_due_when_their_clocks_said(folder: Path) -> None:
    named = kept.meta(folder)["tickets"]
    with opened(folder) as stage:
        stage.passes(minutes=10)  # owed mails are sent
        sent = len(stage.mailer.sent)
        assert sent
        due = [(ref, clock) for ref in stage.refs() for clock in stage.ticket(ref).clocks if clock.next_step]
        assert due
        stage.passes(days=31)
        assert len(stage.mailer.sent) > sent
        log = [entry.action for ref in stage.refs() for entry in stage.store.history(ref, 1000)]
        assert {Action.PROMISE_MISSED, Action.ASKED_HOW_IT_WENT, Action.REMINDED} <= set(log)
        assert stage.ticket(named["quarantined"]).state is State.CLOSED
        left = [clock.next_step for ref, _ in due for clock in stage.ticket(ref).clocks if clock.next_step]
        assert all(step > stage.clock() - timedelta(minutes=15) for step in left)


def test_conversations_continue(folder: Path) -> None:
    meta = kept.meta(folder)
    ref = meta["tickets"]["by_mail"]
    with opened(folder) as stage:
        to = {role: plus_address(CARE, token) for role, token in meta["replies"].items()}
        known = len(stage.messages(ref))
        assert (
            stage.arrives(stage.mail("theirs@holm.example", "Any news?", to["customer"]), to["customer"])
            is Outcome.APPENDED
        )
        assert stage.arrives(stage.mail(f"Ada <{ADA}>", "It comes.", to["agent"]), to["agent"]) is Outcome.APPENDED
        assert "It comes." in stage.sent("theirs@holm.example").text
        answer = stage.mail("claims@swiftparcel.example", "It was lost.", to["third_party"])
        assert stage.arrives(answer, to["third_party"]) is Outcome.APPENDED
        stage.acts("answer", ref, text="Once more.")
        customer_page.reply(stage.deps, meta["pages"]["by_mail"], {"message": "Thank you."}, [])
        assert len(stage.messages(ref)) == known + 4


def test_everything_is_exported(folder: Path) -> None:
    with opened(folder, hours=1) as stage:
        since, until = stage.clock().date() - timedelta(days=90), stage.clock().date()
        days = {"shop": "northlight", "from": since.isoformat(), "to": until.isoformat()}
        opened_here = [ref for ref in stage.refs() if stage.ticket(ref).shop == "northlight"]
        for form in ("csv", "jsonl", "xlsx"):
            done = stage.console(ticket_exports.export_tickets, days | {"format": form, "messages": True})
            assert (done["finished"], done["tickets"]) == (True, len(opened_here)), form
        assert stage.console(audit_exports.export_audit, days)["finished"]
        assert stage.console(subject_exports.export_subject, {"shop": "northlight", "email": "mira@holm.example"})[
            "finished"
        ]


def test_seals_and_chains_verify(folder: Path) -> None:
    with opened(folder) as stage:
        for shop in ("northlight", "kettle"):
            for first in range(0, 90, 30):
                since = stage.clock().date() - timedelta(days=first + 29)
                asked = {"shop": shop, "from": since.isoformat(), "to": (since + timedelta(days=29)).isoformat()}
                found = auditing.verify_audit(stage.deps, asked, stage.run())
                assert (found["wrong"], found["left_off"]) == (0, None), found
        for month in _months(stage.clock().date()):
            assert not auditing.verify_audit(stage.deps, {"month": month}, stage.run())["wrong"]


def test_tampering_is_reported(folder: Path) -> None:
    ref = kept.meta(folder)["tickets"]["upheld"]
    with opened(folder) as stage:
        key = {"pk": {"S": f"TICKET#{ref}"}, "sk": {"S": "TICKET"}}
        stage.places.dynamodb.update_item(
            TableName=stage.places.table, Key=key, UpdateExpression="SET subject = :other",
            ExpressionAttributeValues={":other": {"S": "Something else"}},
        )  # fmt: skip
        found = auditing.verify_audit(stage.deps, {"shop": "northlight", "reference": ref}, stage.run())
        assert found["wrong"] == 1


def test_a_customer_is_erased(folder: Path) -> None:
    """From everything that was written; their own tickets are closed first. Only tickets on hold keep their data."""
    who = "mira@holm.example"
    with opened(folder) as stage:
        for ref in stage.store.refs_of("northlight", who):
            _closed(stage, ref)
        stage.flows()
        stage.passes(days=5)
        asked = {"shop": "northlight", "email": who, "confirm": who, "reason": "Asked for by letter"}
        done = stage.console(erasing.erase_subject, asked)
        assert (done["complete"], bool(done["deleted"]), done["kept_in_all"]) == (True, True, 0), done
        assert found(stage, who) == []


def test_a_caller_without_an_address_is_erased_by_the_number(folder: Path) -> None:
    number = "+49 30 901820"
    with opened(folder) as stage:
        callers = [
            each for each in map(stage.ticket, stage.refs()) if each.requester.phone and not each.requester.address
        ]
        theirs = {each.ref for each in callers if each.shop == "northlight" and each.requester.phone == number}
        assert theirs
        for ref in theirs:
            _closed(stage, ref)
        stage.flows()
        stage.passes(days=5)
        asked = {"shop": "northlight", "email": "030 901820", "confirm": "030 901820", "reason": "Asked for by letter"}
        done = stage.console(erasing.erase_subject, asked)
        assert (done["complete"], done["deleted"] + done["anonymised"] >= len(theirs), done["kept_in_all"]) == (
            True,
            True,
            0,
        )
        left = [stage.ticket(ref) for ref in theirs & {*stage.refs()}]
        assert not [each.ref for each in left if each.requester.phone]


def test_tickets_past_their_retention_are_purged(folder: Path) -> None:
    """With all their index entries; tickets on hold stay until the hold is lifted."""
    held = kept.meta(folder)["tickets"]["held"]
    with opened(folder) as stage:
        for ref in stage.refs():
            _closed(stage, ref)
        stage.flows()
        stage.passes(days=31)  # quarantined tickets are closed, and nobody gets a review request any more
        stage.clock.advance(days=5 * 366)
        assert stage.console(retention.purge_expired, {})["complete"]
        assert stage.refs() == [held]
        lifted = {"shop": "northlight", "reference": held, "reason": "It is over"}
        stage.console(retention.lift_legal_hold, lifted)
        stage.passes(days=5 * 366)
        assert stage.console(retention.purge_expired, {})["complete"]
        left = {item["pk"]["S"].partition("#")[0] for item in kept.in_table(stage.places)}
        assert left.isdisjoint({"TICKET", "SENT", "WORD", "UNDELIVERED"}), left
        assert not [each["key"] for each in kept.in_buckets(stage.places) if each["key"].startswith("tickets/")]


def test_health_answers(folder: Path) -> None:
    with opened(folder) as stage:
        health = health_checks.health(stage.deps, {})
        checks = {check["check"]: check["well"] for check in health["checks"]}
        assert checks["table"] and checks["files"] and checks["queues"]


def _closed(stage: Stage, ref: str) -> None:
    """Close a ticket so that nothing is owed any more, no remedy either. A quarantined ticket ends automatically."""
    ticket = stage.ticket(ref)
    agent = stage.shop(ticket.shop).agents[0].address
    if ticket.merged_into or ticket.state is State.QUARANTINED:
        return
    if ticket.state is not State.CLOSED:
        stage.acts("close", ref, agent, ticket.shop, flows=False, outcome="settled", reason="Done.")
    owed = ticket.clock(REMEDY)
    if owed and owed.running:
        stage.acts("remedy_done", ref, agent, ticket.shop, flows=False, tell="false")


def found(stage: Stage, *traces: str) -> list[str]:
    """The places in table and buckets where one of these texts is left."""
    whole = (*kept.in_table(stage.places), *kept.in_buckets(stage.places))
    texts = (json.dumps(each, ensure_ascii=False).lower() for each in whole)
    return [text[:300] for text in texts if any(trace in text for trace in traces)]


def _months(until: date) -> list[str]:
    return sorted({f"{until - timedelta(days=days):%Y-%m}" for days in range(0, 90, 10)})
