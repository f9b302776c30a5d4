"""What is deleted for good: a ticket's partition and whatever leads to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.rules.privacy.hash_chain import as_read
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.purges import DeletionCertificate, Pointers, TicketPartition
from chalicelib.services.ports.search import SearchHit
from tests.support.store.memory.memory import Port


class Purges(Port):
    """Implements services.ports.purges.Purges."""

    def ticket_partition(self, ref: str) -> TicketPartition | None:
        self._asked("read")
        memory = self._memory
        ticket = memory.tickets.get(ref) or memory.purging.get(ref)
        messages = tuple(as_read(message) for (of, _), message in memory.messages.items() if of == ref)
        drafts = sum(of == ref for of, _ in memory.saved)
        linked_raw_mails = tuple(memory.linked_raw_mails.get(ref, ()))
        log = tuple(memory.logged.get(ref, ()))
        return TicketPartition(as_read(ticket), messages, log, drafts, linked_raw_mails) if ticket else None

    def marked(self, ref: str) -> str:
        self._asked("read")
        purging = self._memory.purging
        return purging[ref].custody.purging if ref in purging else ""

    def link_raw_mail(self, ref: str, raw_key: str, until: datetime) -> None:
        self._asked("write")
        self._memory.linked_raw_mails.setdefault(ref, {})[raw_key] = until

    def begin_purge(self, certificate: DeletionCertificate, tickets: Sequence[Ticket]) -> bool:
        self._asked("write")
        memory = self._memory
        stored = [memory.tickets.get(ticket.ref) for ticket in tickets]
        fresh = all(kept and kept.version == t.version - 1 for kept, t in zip(stored, tickets, strict=True))
        if not fresh or certificate.name in memory.certified:
            return False
        memory.certified[certificate.name] = certificate
        for ticket in tickets:
            kept = memory.tickets.pop(ticket.ref)
            custody = replace(kept.custody, purging=certificate.name, log_head=ticket.log_head)
            memory.purging[ticket.ref] = replace(kept, custody=custody, version=ticket.version)
        return True

    def certificate(self, name: str) -> DeletionCertificate | None:
        self._asked("read")
        return self._memory.certified.get(name)

    def put_certificate(self, certificate: DeletionCertificate) -> None:
        self._asked("write")
        self._memory.certified.setdefault(certificate.name, certificate)

    def finish_certificate(self, name: str, now: datetime) -> None:
        self._asked("write")
        known = self._memory.certified[name]
        self._memory.certified[name] = replace(known, done_at=known.done_at or now)

    def delete_pointers(self, pointers: Pointers) -> None:
        self._asked("delete")
        memory, mention = self._memory, SearchHit(pointers.opened_at, pointers.ref)
        memory.tallied_of.pop(pointers.ref, None)
        for id in pointers.sent:
            memory.sent.pop(id, None)
        for key in pointers.raw_keys:
            memory.outcomes.pop(key, None)
        for word in pointers.words:
            memory.words.get((pointers.shop, word), set()).discard(mention)
        if pointers.undelivered_mail:
            losses = memory.losses.get(pointers.shop, set())
            memory.losses[pointers.shop] = {undelivered for undelivered in losses if undelivered.ref != pointers.ref}

    def clear_partition(self, ref: str) -> None:
        self._asked("delete")
        memory = self._memory
        for message in [key for key in memory.messages if key[0] == ref]:
            del memory.messages[message]
        for draft in [key for key in memory.saved if key[0] == ref]:
            del memory.saved[draft]
        memory.log = [(of, entry) for of, entry in memory.log if of != ref]
        memory.logged.pop(ref, None)
        memory.linked_raw_mails.pop(ref, None)

    def end_purge(self, name: str, refs: Sequence[str], now: datetime) -> bool:
        self._asked("delete")
        purging = self._memory.purging
        if not all(ref in purging and purging[ref].custody.purging == name for ref in refs):
            return False
        for ref in refs:
            del purging[ref]
        self.finish_certificate(name, now)
        return True
