"""The store on DynamoDB: one table, read by key or by a sparse index, never scanned."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from chalicelib.aws.store import (
    admin_log,
    commits,
    counters,
    drafts,
    exports,
    history,
    inbox,
    items,
    purging,
    search_index,
    sessions,
)
from chalicelib.aws.store.codec import Attributes, decode, instant
from chalicelib.rules.access.sessions import Session, SignIn
from chalicelib.rules.intake.limits import Bound, Limit
from chalicelib.rules.privacy.audit_events import Deed
from chalicelib.rules.privacy.audit_events import Place as DeedPlace
from chalicelib.rules.tickets.ticket import Change, LogEntry, Message, State, Ticket
from chalicelib.services.ports.deps import (
    ALWAYS,
    NEVER,
    Balance,
    Draft,
    Due,
    Export,
    Listed,
    Lost,
    Mention,
    Place,
    RunMark,
    Sibling,
    Unread,
)
from chalicelib.services.ports.records import Certificate, Holding, Pointers

# BatchGetItem takes no more.
_MOST_KEYS = 100


class Table:
    """Implements services.ports.deps.Store. `client` is a boto3 DynamoDB client."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def commit(self, change: Change) -> None:
        commits.commit(self._client, self._name, change)

    def count(
        self, firm: Sequence[Limit], now: datetime, *, soft: Sequence[Limit] = (), once: str = ""
    ) -> frozenset[Bound]:
        return counters.count(self._client, self._name, firm, now, soft, once)

    def ticket(self, ref: str) -> Ticket | None:
        item = self._get(items.ticket_key(ref))
        return items.read_ticket(item) if item and "purging" not in item else None

    def message(self, ref: str, id: str) -> Message | None:
        item = self._get(items.message_key(ref, id))
        return items.read_message(item) if item else None

    def conversation(self, ref: str) -> tuple[Ticket | None, list[Message]]:
        ticket, messages = self._partition(ref)
        if ticket and ticket.purging:
            return None, []
        for other in ticket.merged_from if ticket else ():
            joined, theirs = self._partition(other)
            messages += [joined.opening, *theirs] if joined else theirs
        return ticket, sorted(messages, key=lambda message: (message.at, message.ref, message.id))

    def _partition(self, ref: str) -> tuple[Ticket | None, list[Message]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            ConsistentRead=True,
            # Log entries sort before messages, the ticket after them.
            KeyConditionExpression="pk = :pk AND sk >= :first",
            ExpressionAttributeValues={":pk": {"S": f"TICKET#{ref}"}, ":first": {"S": "MSG#"}},
        )
        found = [item for page in pages for item in page["Items"]]
        ticket = next((items.read_ticket(item) for item in found if item["sk"]["S"] == "TICKET"), None)
        return ticket, [items.read_message(item) for item in found if item["sk"]["S"].startswith("MSG#")]

    def save_draft(self, draft: Draft, until: datetime) -> None:
        drafts.save(self._client, self._name, draft, until)

    def drafts(self, ref: str, now: datetime) -> list[Draft]:
        return drafts.drafts(self._client, self._name, ref, now)

    def history(self, ref: str, most: int) -> list[LogEntry]:
        return history.history(self._client, self._name, ref, most)

    def tickets_of(self, shop: str, address: str, most: int) -> list[Sibling]:
        return history.tickets_of(self._client, self._name, shop, address, most)

    def ref_of_sent(self, ids: Iterable[str]) -> str | None:
        wanted = list(dict.fromkeys(ids))[:_MOST_KEYS]
        found = {item["pk"]["S"]: item["ref"]["S"] for item in self._all([items.sent_key(id) for id in wanted])}
        return next((found[pk] for id in wanted if (pk := f"SENT#{id}") in found), None)

    def item_of_sent(self, id: str) -> Due | None:
        item = self._get(items.sent_key(id))
        return Due(item["ref"]["S"], item["message"]["S"] if "message" in item else None) if item else None

    def flag(self, key: str, why: str, until: datetime) -> None:
        self._client.put_item(TableName=self._name, Item=items.flag_item(key, why, until))

    def flagged(self, key: str, now: datetime) -> bool:
        """DynamoDB deletes what has expired only within days: until then it is told by its date."""
        item = self._get(items.flag_key(key))
        return item is not None and int(item["expires_at"]["N"]) > now.timestamp()

    def due(self, now: datetime, page: int, purpose: str = "step") -> Iterator[Due]:
        """A page of each shard in turn, so that what is stuck in one does not hide what is due in the others."""
        cursors: dict[str, dict[str, Any]] = {shard: {} for shard in items.agenda_shards(purpose)}
        while cursors:
            for shard, cursor in list(cursors.items()):
                answer = self._client.query(
                    TableName=self._name,
                    IndexName="agenda",
                    KeyConditionExpression="agenda = :shard AND next_step <= :now",
                    ExpressionAttributeValues={":shard": {"S": shard}, ":now": {"S": instant(now)}},
                    Limit=page,
                    **cursor,
                )
                yield from map(_due, answer["Items"])
                if "LastEvaluatedKey" in answer:
                    cursors[shard] = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
                else:
                    del cursors[shard]

    def inbox(
        self, shop: str, state: str, most: int, since: datetime = ALWAYS, before: datetime = NEVER
    ) -> tuple[list[Listed], int]:
        return inbox.listed(self._client, self._name, shop, state, most, since, before)

    def inbox_page(
        self,
        shop: str,
        place: str,
        most: int,
        after: Place | None = None,
        since: datetime = ALWAYS,
        before: datetime = NEVER,
        newest_first: bool = False,
    ) -> tuple[list[Listed], Place | None]:
        return inbox.page(self._client, self._name, f"{shop}#{place}", most, after, (since, before), newest_first)

    def find_tickets(self, refs: Sequence[str]) -> list[Ticket]:
        found = {item["ref"]["S"]: item for item in self._all([items.ticket_key(ref) for ref in dict.fromkeys(refs)])}
        tickets = [items.read_ticket(found[ref]) for ref in dict.fromkeys(refs) if ref in found]
        return [ticket for ticket in tickets if not ticket.purging]

    def note_words(self, shop: str, words: Iterable[str], mention: Mention) -> None:
        search_index.note(self._client, self._name, shop, words, mention)

    def mentions(self, shop: str, word: str, most: int, after: Mention | None = None) -> tuple[list[Mention], bool]:
        return search_index.mentions(self._client, self._name, shop, word, most, after)

    def mentioned(self, shop: str, words: Sequence[Sequence[str]], among: Sequence[Mention]) -> list[Mention]:
        return search_index.having_all(self._all(search_index.keys(shop, words, among)), shop, words, among)

    def tallied(self, shop: str, since: date, until: date) -> tuple[int, int]:
        answer = self._client.query(
            TableName=self._name,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :since AND :until",
            ExpressionAttributeValues={
                ":pk": items.tally_key(shop, since)["pk"],
                ":since": items.tally_key(shop, since)["sk"],
                ":until": items.tally_key(shop, until)["sk"],
            },
        )
        kept, missed = (sum(int(item[name]["N"]) for item in answer["Items"]) for name in ("kept", "missed"))
        return kept, missed

    def claim_digest(self, shop: str, owner: str, day: date, now: datetime, until: datetime) -> bool:
        try:
            self._client.put_item(
                TableName=self._name,
                Item=items.digest_item(shop, owner, day, until, now),
                ConditionExpression=f"{commits.NEW} OR claimed_until < :now",
                ExpressionAttributeValues={":now": {"S": instant(now)}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def aside(self, shop: str, most: int, after: Place | None = None) -> tuple[list[Ticket], Place | None]:
        refs, left_off = inbox.aside(self._client, self._name, shop, most, after)
        # The index follows a moment later: what was just released may still stand in it.
        found = (self.ticket(ref) for ref in refs)
        return [ticket for ticket in found if ticket and ticket.state is State.ASIDE], left_off

    def note_outcome(self, raw_key: str, outcome: str, ref: str | None, now: datetime) -> None:
        item = items.outcome_item(raw_key, outcome, ref, now)
        try:
            unless = "attribute_not_exists(outcome)"
            self._client.put_item(TableName=self._name, Item=item, ConditionExpression=unless)
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # noted by an earlier run of the same mail

    def note_attempt(self, raw_key: str, now: datetime) -> int:
        found = self._client.update_item(TableName=self._name, **items.attempt_update(raw_key, now))
        return int(found["Attributes"]["attempts"]["N"])

    def outcomes_of(self, raw_keys: Iterable[str]) -> dict[str, str]:
        found = self._all([items.outcome_key(key) for key in dict.fromkeys(raw_keys)])
        return {item["pk"]["S"].removeprefix("RAW#"): item["outcome"]["S"] for item in found if "outcome" in item}

    def note_balance(self, day: date, received: int, outcomes: Mapping[str, int]) -> None:
        self._client.put_item(TableName=self._name, Item=items.balance_item(day, received, outcomes))

    def balances(self, since: date, until: date) -> list[Balance]:
        return admin_log.balances(self._client, self._name, since, until)

    def note_lost(self, shop: str, lost: Lost) -> None:
        self._client.put_item(TableName=self._name, Item=items.lost_item(shop, lost))

    def lost(self, shop: str, most: int) -> list[Lost]:
        return admin_log.lost(self._client, self._name, shop, most)

    def run_mark(self) -> RunMark | None:
        item = self._get(items.run_key())
        return decode(RunMark, item) if item else None

    def note_run(self, mark: RunMark) -> None:
        self._client.put_item(TableName=self._name, Item=items.run_item(mark))

    def opened_on(self, shop: str, day: date, most: int, after: str = "") -> list[str]:
        return exports.opened_on(self._client, self._name, shop, day, most, after)

    def opened_by(self, shop: str, address: str, most: int, after: Mention | None = None) -> list[Mention]:
        return exports.opened_by(self._client, self._name, shop, address, most, after)

    def export(self, id: str) -> Export | None:
        item = self._get(items.export_key(id))
        return decode(Export, item) if item else None

    def put_export(self, export: Export) -> bool:
        return exports.put(self._client, self._name, export)

    def latest_deed(self) -> DeedPlace | None:
        return admin_log.latest_deed(self._client, self._name)

    def note_deed(self, deed: Deed) -> bool:
        return admin_log.note_deed(self._client, self._name, deed)

    def deeds(self, since: date, until: date) -> Iterator[Deed | Unread]:
        return admin_log.deeds(self._client, self._name, since, until)

    def holding(self, ref: str) -> Holding | None:
        return purging.holding(self._client, self._name, ref)

    def refs_of(self, shop: str, address: str) -> Iterator[str]:
        return history.refs_of(self._client, self._name, shop, address)

    def marked(self, ref: str) -> str:
        item = self._get(items.ticket_key(ref)) or {}
        return str(item.get("purging", {"S": ""})["S"])

    def note_concern(self, ref: str, raw_key: str, until: datetime) -> None:
        self._client.put_item(TableName=self._name, Item=items.concern_item(ref, raw_key, until))

    def begin_purge(self, certificate: Certificate, tickets: Sequence[Ticket]) -> bool:
        return purging.begin(self._client, self._name, certificate, tickets)

    def certificate(self, name: str) -> Certificate | None:
        item = self._get(purging.certificate_key(name))
        return decode(Certificate, item) if item else None

    def put_certificate(self, certificate: Certificate) -> None:
        purging.put(self._client, self._name, certificate)

    def finish_certificate(self, name: str, now: datetime) -> None:
        purging.finish(self._client, self._name, name, now)

    def delete_pointers(self, pointers: Pointers) -> None:
        purging.delete_pointers(self._client, self._name, pointers)

    def clear_partition(self, ref: str) -> None:
        purging.clear(self._client, self._name, ref)

    def end_purge(self, name: str, refs: Sequence[str], now: datetime) -> bool:
        return purging.end(self._client, self._name, name, refs, now)

    def claim_attempt(self, id: str, ends_at: datetime) -> bool:
        return sessions.claim(self._client, self._name, id, ends_at)

    def put_sign_in(self, sign_in: SignIn) -> None:
        self._client.put_item(TableName=self._name, Item=items.sign_in_item(sign_in))

    def sign_in(self, id: str, now: datetime) -> SignIn | None:
        return sessions.usable(self._get(items.sign_in_key(id)), now)

    def use_sign_in(self, id: str, now: datetime) -> SignIn | None:
        return sessions.use(self._client, self._name, id, now)

    def put_session(self, session: Session) -> bool:
        return sessions.put(self._client, self._name, session)

    def session(self, id: str) -> Session | None:
        item = self._get(items.session_key(id))
        return decode(Session, item) if item else None

    def sign_out_everywhere(self, address: str, at: datetime) -> None:
        self._client.put_item(TableName=self._name, Item=items.agent_item(address, at))

    def signed_out_at(self, address: str) -> datetime | None:
        item = self._get(items.agent_key(address))
        return datetime.fromisoformat(item["signed_out_at"]["S"]) if item else None

    def _get(self, key: Attributes) -> Attributes | None:
        item: Attributes | None = self._client.get_item(TableName=self._name, Key=key, ConsistentRead=True).get("Item")
        return item

    def _all(self, keys: list[Attributes]) -> Iterator[Attributes]:
        """The items there are of these keys; none are asked for where there are no keys."""
        for start in range(0, len(keys), _MOST_KEYS):
            asked: dict[str, Any] = {self._name: {"Keys": keys[start : start + _MOST_KEYS]}}
            while asked:  # a throttled table leaves some unread
                answer = self._client.batch_get_item(RequestItems=asked)
                yield from answer["Responses"].get(self._name, ())
                asked = answer.get("UnprocessedKeys") or {}


def _due(item: Attributes) -> Due:
    sk = item["sk"]["S"]
    return Due(item["pk"]["S"].removeprefix("TICKET#"), sk.removeprefix("MSG#") if sk.startswith("MSG#") else None)
