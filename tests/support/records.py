"""Finds everything stored about a person in the fake world; and runs the console's functions for records."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any

from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Message, Ticket
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.exports import subject_exports, ticket_exports
from chalicelib.services.privacy import retention
from chalicelib.services.tickets import indexing
from tests.support import agents
from tests.support.store.fakes import START, FakeRun, World


def indexed(world: World) -> None:
    """Play the table's stream for the search index: index every ticket and message."""
    for ticket in list(world.store.tickets.values()):
        indexing.index(world.deps, ticket)
    for message in list(world.store.messages.values()):
        indexing.index(world.deps, message)


def exported(world: World, address: str) -> list[str]:
    """Make exports that contain the person: one of their data, one of all tickets, and an unfinished one. Return their
    keys."""
    days = {"from": START.date().isoformat(), "to": (START + timedelta(days=30)).date().isoformat()}
    tickets = {"shop": "northlight", "format": "csv", "messages": True, **days}
    subject_exports.export_subject(world.deps, {"shop": "northlight", "email": address}, FakeRun())
    ticket_exports.export_tickets(world.deps, tickets, FakeRun())
    ticket_exports.export_tickets(world.deps, tickets | {"format": "jsonl"}, FakeRun(steps=0))
    return [key for key in world.files.kept if key.startswith("exports/")]


def years_later(world: World) -> None:
    """Let years pass and work off the due-work index: waiting tickets close, and then all retention periods end."""
    for _ in range(2):
        world.clock.at += timedelta(days=12 * 366)
        for _ in range(3):
            look_after_due(world.deps)
            agents.stream(world)


def purge(world: World, **event: Any) -> dict[str, Any]:
    return retention.purge_expired(world.deps, event, FakeRun())


def closed(world: World, ref: str, outcome: Outcome = Outcome.SETTLED) -> Ticket:
    """Close a ticket as an agent, with its mails sent. Its shop asks for no review, so only the end of its retention is
    still due."""
    world.with_shop(review_request=None)
    agents.acts(world, "close", ref, outcome=outcome.value, reason="Done.")
    agents.stream(world)
    return world.store.tickets[ref]


def texts(world: World) -> Iterator[str]:
    """Every text in the whole store and the buckets, in all versions."""
    store, files = world.store, world.files
    whole: list[Any] = [
        store.tickets, store.purging, store.messages, store.logged, store.log, store.sent, store.outcomes, store.words,
        store.losses, store.saved, store.certified, store.audited, store.flags, store.objected, store.counts,
        store.counted, store.linked_raw_mails, files.kept, files.old, files.raw, files.old_raw, files.came, files.begun,
        store.sla_counts, store.digests, store.exports,
    ]  # fmt: skip
    yield from _texts(whole)


def found(world: World, *wanted: str) -> list[str]:
    """The texts that contain any of these words, ignoring case."""
    sought = [text.lower() for text in wanted if text]
    return [text[:200] for text in texts(world) if any(each in text.lower() for each in sought)]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, dict):
        for key, held in value.items():
            yield from _texts(key)
            yield from _texts(held)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _texts(each)
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from _texts(getattr(value, part.name))


def state(world: World) -> dict[str, Any]:
    """All stored data, to compare two worlds."""
    store, files = world.store, world.files
    words = {key: set(mentions) for key, mentions in store.words.items() if mentions}
    return {
        "tickets": store.tickets, "purging": store.purging, "messages": store.messages,
        "logged": _without_empty(store.logged), "sent": store.sent, "outcomes": store.outcomes, "words": words,
        "losses": _without_empty(store.losses),
        "drafts": store.saved, "certificates": store.certified, "kept": files.kept, "old": files.old, "raw": files.raw,
        "old_raw": files.old_raw, "begun": files.begun,
    }  # fmt: skip


def _without_empty(lists: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in lists.items() if value}


def messages_of(world: World, ref: str) -> list[Message]:
    return [message for (of, _), message in world.store.messages.items() if of == ref]
