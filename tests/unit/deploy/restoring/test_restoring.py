"""The restore drill: 200 tickets, and after the moment to which the table is restored an erasure, a purge, a
correction, withdrawn links, a legal hold, new tickets, and tickets deleted by mistake."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto.dynamodb.models import dynamodb_backends

from chalicelib.aws.table.table import Table
from chalicelib.rules.orders.basket import Buyer
from chalicelib.rules.orders.events import OrderEvent
from chalicelib.rules.orders.history import state
from chalicelib.rules.privacy import participants
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.operations.quarantine import withdraw_links
from chalicelib.services.orders import posting
from chalicelib.services.orders.commits import ref_of
from chalicelib.services.orders.recording import record
from chalicelib.services.ports.deps import Deps
from chalicelib.services.privacy import auditing
from chalicelib.services.privacy.erasing import erase_subject
from chalicelib.services.privacy.rectifying import rectify_subject
from chalicelib.services.privacy.retention import place_legal_hold, purge_expired
from chalicelib.services.tickets import indexing
from chalicelib.services.tickets.commits import commit
from deploy.restore import Restored, restore
from tests.support import samples, shops
from tests.support.orders import made
from tests.support.releases.stage import Stage, staged
from tests.support.scenarios import JON, WILMA
from tests.support.store import tables, whole
from tests.support.store.fakes import AUDIT_SECRET, SECRET, START, FakeRun
from tests.support.store.whole import WholeStore

ERASE = {"shop": "northlight", "email": WILMA.address, "confirm": WILMA.address, "reason": "Asked for by letter"}
RITA, KIM, KIMS_NEW = "rita@example.com", "kim@example.com", "kim@new.example"


@dataclass(slots=True)
class Drill:
    """The old table on the stage, and the new one with the services on it. `refs`: tickets by what happened to them."""

    stage: Stage
    at: datetime
    refs: dict[str, str]
    orders: dict[str, str]
    new: Table
    deps: Deps

    def restored(self) -> Restored:
        return restore(self.deps, Table(self.stage.places.dynamodb, "aftercare"), self.new, self.at)

    def items(self) -> list[dict[str, Any]]:
        return list(everything(self.new.name))


def everything(table: str) -> Iterator[dict[str, Any]]:
    """All items, read past moto, because a scan takes a second."""
    held = dynamodb_backends["123456789012"][tables.REGION].tables[table].items
    for of in held.values():
        for item in of.values():
            yield {name: value.to_regular_json() for name, value in item.attrs.items()}


def before(stage: Stage) -> dict[str, str]:
    """200 tickets: most of twenty customers; and those to which something will happen."""
    refs = {"purged": stage.writes("paula@example.com", "A lamp of long ago")}
    stage.acts("close", refs["purged"], outcome="settled", reason="Done.")
    stage.passes(days=3 * 365 - 10)
    for number in range(191):
        writer = Person(f"Customer {number % 20}", f"customer{number % 20}@example.com")
        ticket = samples.ticket(f"NL-{number:05}-00000", stage.clock(), person=writer, text=f"It flickers {number}.")
        ticket = replace(ticket, outbox=None)  # moto takes long for each mail
        commit(stage.deps, Change(ticket))
        indexing.index(stage.deps, ticket)
    refs["erased before"] = stage.writes(RITA, "My first lamp.")
    stage.acts("close", refs["erased before"], outcome="settled", reason="Done.")
    assert stage.console(erase_subject, ERASE | {"email": RITA, "confirm": RITA})["deleted"] == 1
    refs["came back"] = stage.writes(RITA, "My second lamp.")
    refs["own"] = stage.writes(f"{WILMA.name} <{WILMA.address}>", f"My {WILMA.word}", file=b"%PDF-1.4 hers")
    refs["copied"] = stage.writes(JON.address, f"Ask {WILMA.address}, please.", Cc=WILMA.address)
    refs["in mail"] = stage.writes(JON.address, "As she wrote.", In_Reply_To="<x@m>", Sender=WILMA.address)
    refs["corrected"] = stage.writes(f"Kimberly Falsch <{KIM}>", "The switch is loose.")
    refs["withdrawn"] = stage.writes("lena@example.com", "The link went to others.")
    refs["held"] = stage.writes("hugo@example.com", "I will go to court.")
    refs["lost"] = stage.writes(JON.address, f"She is {WILMA.address} too.")
    for name in ("own", "copied", "in mail", "held", "lost"):
        stage.acts("close", refs[name], outcome="settled", reason="Done.")
    return refs


def since(stage: Stage, refs: dict[str, str]) -> None:
    """What is done after the moment of the restore."""
    stage.console(withdraw_links, {"shop": "northlight", "reference": "NL-00000-00000"})
    stage.console(rectify_subject, {"shop": "northlight", "email": "customer1@example.com", "name": "Right"})
    for ref in ("NL-00000-00000", "NL-00001-00000", refs["lost"], refs["came back"]):
        lose(stage, ref)
    stage.clock.advance(days=20)
    stage.console(withdraw_links, {"shop": "northlight", "reference": refs["withdrawn"]})
    corrected = {"shop": "northlight", "email": KIM, "name": "Kim Richtig", "new_email": KIMS_NEW}
    assert stage.console(rectify_subject, corrected)["corrected"] == 2
    held = {"shop": "northlight", "reference": refs["held"], "reason": "A court asked for it"}
    stage.console(place_legal_hold, held)
    done = stage.console(erase_subject, ERASE)
    assert (done["deleted"], done["anonymised"], done["complete"]) == (1, 3, True)
    assert stage.console(purge_expired, {})["purged"] >= 1
    assert stage.store.ticket(refs["purged"]) is None
    refs["new"] = stage.writes("nora@example.com", "Opened after the moment of the restore.")
    stage.acts("answer", refs["new"], text="Here you are.")


def ordered(stage: Stage, number: str, buyer: Person, at: datetime | None = None) -> str:
    """An order that was delivered, with its letters sent; its reference."""
    at = at or stage.clock()
    basket = replace(made.BASKET, buyer=Buyer(buyer.name, buyer.address), delivery_to=None)
    facts: list[OrderEvent] = [made.placed(at, basket), made.sent(at), made.arrived(at)]
    record(stage.deps, "northlight", "events", [replace(each, number=number) for each in facts])
    ref = ref_of(stage.deps, "northlight", number)
    posting.send_owed(stage.deps, ref)
    return ref


def orders_before(stage: Stage) -> dict[str, str]:
    long_ago = stage.clock() - timedelta(days=3_640)
    return {
        "erased": ordered(stage, "1", Person(WILMA.name, WILMA.address)),
        "lost and erased": ordered(stage, "2", Person(WILMA.name, WILMA.address)),
        "purged": ordered(stage, "3", Person("Paula", "paula@example.com"), long_ago),
        "corrected": ordered(stage, "4", Person("Kimberly Falsch", KIM)),
        "lost": ordered(stage, "5", Person("Customer 1", "customer1@example.com")),
        "damaged": ordered(stage, "6", Person("Jon", JON.address)),
    }


def lose(stage: Stage, ref: str, kind: str = "TICKET") -> None:
    """Somebody deletes a ticket or an order by mistake, past Aftercare."""
    held = dynamodb_backends["123456789012"][tables.REGION].tables["aftercare"].items
    for key in [key for key in held if key.value == f"{kind}#{ref}"]:
        del held[key]


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    with staged(shops.policy(), SECRET, AUDIT_SECRET, START) as stage:
        stage.deps = replace(stage.deps, limits_on=False)
        refs = before(stage)
        orders = orders_before(stage)
        at = stage.clock.advance(days=1)
        # moto restores the present, so the new table is made at the moment itself.
        stage.places.dynamodb.restore_table_to_point_in_time(SourceTableName="aftercare", TargetTableName="restored")
        stage.clock.advance(hours=1)
        for name in ("lost", "lost and erased"):
            lose(stage, orders[name], "ORDER")
        since(stage, refs)
        orders["new"] = ordered(stage, "7", Person("Nora", "nora@example.com"))
        store = WholeStore(stage.places.dynamodb, "restored")
        deps = whole.on(stage.deps, store)
        yield Drill(stage, at, refs, orders, Table(stage.places.dynamodb, "restored"), deps)


@pytest.fixture(scope="module")
def answer(drill: Drill) -> Restored:
    assert traces(drill, WILMA.address)
    return drill.restored()


def traces(drill: Drill, *more: str) -> list[str]:
    """The attributes in the new table that hold something of the erased or purged, also blinded."""
    words = [participants.as_word(WILMA.address), participants.as_named(WILMA.address)]
    blinded = indexing.readings(drill.deps, "northlight", words)
    sought = [
        *WILMA.traces,
        *more,
        drill.refs["own"],
        drill.refs["purged"],
        drill.orders["purged"],
        "paula@example.com",
        *blinded,
    ]
    pattern = re.compile("|".join(re.escape(each) for each in sought), re.IGNORECASE)
    return [text for item in drill.items() for text in strings(item) if pattern.search(text)]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, held in value.items():
            yield from strings(key)
            yield from strings(held)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
    else:
        yield str(value)


def test_nothing_of_the_erased_and_the_purged_is_in_the_restored_table(drill: Drill, answer: Restored) -> None:
    assert traces(drill) == []
    assert answer["deleted"] == 2
    assert answer["orders"] == {"deleted": 1, "taken": 3, "reduced": 1, "brought_back": 2, "to_correct": 1}
    assert (answer["not_whole"], answer["left_out"], answer["without_files"]) == ([], [], [])


def test_tickets_that_were_lost_are_back_without_the_erased(drill: Drill, answer: Restored) -> None:
    assert answer["brought_back"] == 4
    for ref in ("NL-00000-00000", "NL-00001-00000", drill.refs["lost"], drill.refs["came back"]):
        assert drill.deps.tickets.ticket(ref), ref
    withdrawn = drill.deps.tickets.ticket("NL-00000-00000")
    assert withdrawn
    assert withdrawn.link_version == 2
    assert answer["to_correct"] == ["NL-00001-00000"]
    lost = drill.deps.tickets.ticket(drill.refs["lost"])
    assert lost
    assert "She is [erased] too." in lost.opening.text


def test_what_was_done_since_and_what_is_new_is_kept(drill: Drill, answer: Restored) -> None:
    for name in ("corrected", "withdrawn", "held", "copied", "in mail", "new"):
        ref = drill.refs[name]
        now, then = drill.deps.purges.ticket_partition(ref), drill.stage.store.ticket_partition(ref)
        assert now == then, name
        assert now
    corrected = drill.deps.tickets.ticket(drill.refs["corrected"])
    assert corrected
    assert corrected.requester == Person("Kim Richtig", KIMS_NEW)


def test_orders_are_restored_without_the_erased_and_as_they_were_corrected(drill: Drill, answer: Restored) -> None:
    here, there = drill.deps.orders, drill.stage.store
    assert here.order(drill.orders["purged"]) is None
    for name in ("erased", "corrected", "new", "damaged"):
        assert here.order(drill.orders[name]) == there.order(drill.orders[name]), name
    for name in ("erased", "lost and erased"):
        reduced = here.order(drill.orders[name])
        assert reduced
        assert reduced.reduced_at, name
        basket = state(reduced.events).basket
        assert basket
        assert (basket.total, basket.buyer) == (made.BASKET.total, Buyer("", ""))
    assert [order.ref for order in here.orders_of("northlight", KIMS_NEW, 9)] == [drill.orders["corrected"]]
    assert [order.ref for order in here.orders_of("northlight", "customer1@example.com", 9)] == [drill.orders["lost"]]


def test_the_search_index_leads_to_every_ticket_and_to_nothing_else(drill: Drill, answer: Restored) -> None:
    refs = {item["ref"]["S"] for item in drill.items() if item["sk"] == {"S": "TICKET"}}
    found = {item["sk"]["S"].partition("#")[2] for item in drill.items() if item["pk"]["S"].startswith("WORD#")}
    assert found == refs
    for text in ("nora@example.com", KIMS_NEW):
        assert set(indexing.refs(drill.deps, "northlight", participants.as_word(text)))


def test_every_seal_and_the_audit_trail_are_whole(drill: Drill, answer: Restored) -> None:
    for item in drill.items():
        if item["sk"] == {"S": "TICKET"}:
            ref = item["ref"]["S"]
            found = drill.deps.purges.ticket_partition(ref)
            assert found
            assert set(auditing.verdicts(drill.deps, ref, found).values()) == {Verdict.WHOLE}, ref
    for month in ("2029-11", "2029-12"):
        assert auditing.verify_audit(drill.deps, {"month": month}, FakeRun())["wrong"] == 0
    now = drill.stage.clock().date()
    (event,) = [
        each for each in drill.deps.audit_log.audit_events(now, now) if getattr(each, "action", "") == "restore"
    ]
    assert "brought_back=4" in event.detail  # type: ignore[union-attr]


def test_agents_sign_in_again(drill: Drill, answer: Restored) -> None:
    assert not [item for item in drill.items() if item["pk"]["S"].startswith(("SESSION#", "SIGNIN#", "EXPORT#"))]


def test_again_it_changes_nothing(drill: Drill, answer: Restored) -> None:
    def lasting() -> list[str]:
        return sorted(map(repr, (item for item in drill.items() if not item["pk"]["S"].startswith("AUDIT#"))))

    first = lasting()
    drill.stage.clock.advance(seconds=1)
    drill.restored()
    assert lasting() == first
    assert traces(drill) == []
