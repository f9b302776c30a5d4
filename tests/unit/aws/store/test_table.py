"""The store on DynamoDB, on moto: requests and items that are not visible at the port."""

from dataclasses import replace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from chalicelib.aws.table import count_items, learning_items
from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rules.delivery import sending
from chalicelib.rules.intake.limits import DAY, Bound, Limit
from chalicelib.rules.intake.opening import open_ticket
from chalicelib.rules.record.counting import SlaCount
from chalicelib.rules.tickets.clocks import Clocks
from chalicelib.rules.tickets.ticket import Change, Channel, SentId, Ticket, evolve
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.learning.tallies import Tallied
from chalicelib.services.tickets.commits import commit
from tests.support import samples
from tests.support.bells.contract import BellContract
from tests.support.store import fakes, tables
from tests.support.store.contract import HOUR, StoreContract
from tests.support.store.fakes import START
from tests.support.store.feedback_contract import FeedbackContract
from tests.support.store.order_contract import OrderContract
from tests.support.store.whole import WholeStore, on


class TestTableInProcess(StoreContract, OrderContract, FeedbackContract, BellContract):
    @pytest.fixture
    def store(self, shared: WholeStore) -> WholeStore:
        return shared


def items(client: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.scan(TableName="aftercare")["Items"]
    return found


class TestCosts:
    def test_opening_is_one_request_of_at_most_six_write_units(self, client: Any, store: WholeStore) -> None:
        requests = tables.Requests(client)
        ticket = samples.ticket()
        assert len(ticket.opening.text) == 600
        assert ticket.outbox
        assert len(ticket.outbox.deliveries) == 3
        store.commit(Change(ticket))
        assert requests.names == ["PutItem"]
        assert tables.write_units(requests.puts[0]) <= 6
        assert sum(requests.units) <= 6

    def test_opening_by_mail_costs_no_more(self, client: Any, store: WholeStore) -> None:
        requests = tables.Requests(client)
        mail = samples.ticket(
            kind="question",
            channel=Channel.MAIL,
            topic=None,
            order_number=None,
            message_id="CAHk-=wgf1xkPq3nVn7rLq2b0f0jv8Xy6m3M8Zw2e9y6@mail.gmail.com",
            raw_key=f"tickets/{samples.REF}/raw/0a1b2c3d4e5f60718293a4b5c6d7e8f9a0b1c2d3",
        )
        store.commit(Change(mail))
        assert store.ticket(samples.REF) == mail
        assert requests.names[0] == "PutItem"
        assert tables.write_units(requests.puts[0]) <= 6

    def test_opening_by_a_mail_with_a_long_id_at_the_shipped_shop_costs_no_more(
        self, client: Any, store: WholeStore
    ) -> None:
        requests, shop = tables.Requests(client), samples.shipped()
        mail = samples.inbound(
            channel=Channel.MAIL,
            kind="question",
            topic=None,
            order_number=None,
            message_id="AM0PR01MB1234ABCD5678EF9012AM0@AM0PR01MB1234.eurprd01.prod.exchangelabs.com",
            raw_key=f"tickets/{samples.REF}/raw/0a1b2c3d4e5f60718293a4b5c6d7e8f9a0b1c2d3",
        )
        opened = open_ticket(samples.REF, mail, shop, START, holidays_of(shop))
        kept = commit(on(fakes.world().deps, store), Change(opened)).ticket
        assert store.ticket(samples.REF) == kept
        assert tables.write_units(requests.puts[0]) <= 6

    def test_counting_against_all_limits_is_one_read_and_one_write(self, client: Any, store: WholeStore) -> None:
        requests = tables.Requests(client)
        store.count(
            [Limit(Bound.SENDER_HOUR, "address", 3, HOUR)],
            START,
            soft=[Limit(Bound.SHOP_DAY, "shop", 3, DAY)],
            idempotency_key="this one",
        )
        assert requests.names == ["BatchGetItem", "TransactWriteItems"]

    def test_recording_a_mail_costs_no_transaction_and_its_id_leads_to_the_ticket_whatever_becomes_of_the_change(
        self, client: Any, store: WholeStore
    ) -> None:
        ticket = samples.ticket()
        store.commit(Change(ticket))
        requests = tables.Requests(client)
        store.commit(Change(evolve(ticket), sent=(SentId("first", ticket.ref, START),)))
        assert requests.names == ["PutItem", "PutItem"]
        with pytest.raises(VersionConflict):
            store.commit(Change(evolve(ticket), sent=(SentId("second", ticket.ref, START),)))
        assert store.ref_of_sent(["second"]) == ticket.ref

    def test_a_reply_with_its_log_is_one_request(self, client: Any, store: WholeStore) -> None:
        store.commit(Change(samples.ticket()))
        requests = tables.Requests(client)
        store.commit(samples.reply(samples.ticket()))
        assert requests.names == ["TransactWriteItems"]

    def test_a_conversation_is_one_request(self, client: Any, store: WholeStore) -> None:
        store.commit(Change(samples.ticket()))
        store.commit(samples.reply(samples.ticket()))
        requests = tables.Requests(client)
        store.conversation(samples.REF)
        assert requests.names == ["Query"]

    def test_a_mail_without_references_looks_up_no_sent_ids(self, client: Any, store: WholeStore) -> None:
        requests = tables.Requests(client)
        assert store.ref_of_sent([]) is None
        assert requests.names == []


class TestItems:
    def test_the_outbox_stage_is_a_top_level_attribute_for_the_stream(self, client: Any, store: WholeStore) -> None:
        ticket = samples.ticket()
        store.commit(Change(ticket))
        assert items(client)[0]["outbox"] == {"S": "queued"}
        change = sending.claim(ticket, START)
        assert change
        store.commit(change)
        assert items(client)[0]["outbox"] == {"S": "claimed"}

    def test_an_item_without_owed_mail_and_promises_leaves_the_due_work_index(
        self, client: Any, store: WholeStore
    ) -> None:
        ticket = replace(samples.ticket(), clocks=Clocks())
        store.commit(Change(ticket))
        assert {"due_work", "next_step"} <= items(client)[0].keys()
        change = sending.claim(ticket, START)
        assert change
        store.commit(change)
        held = cast(Ticket, change.ticket)
        assert held.outbox
        for delivery in held.outbox.owed():
            change = sending.refused(held, 1, delivery, "no", START)
            held = cast(Ticket, change.ticket)
            store.commit(change)
        (item,) = [item for item in items(client) if item["sk"]["S"] == "TICKET"]
        assert not {"due_work", "next_step"} & item.keys()
        assert item["outbox"] == {"S": "done"}

    def test_the_first_outcome_stays(self, client: Any, store: WholeStore) -> None:
        store.note_outcome("raw/1", "opened", "NL-1", START)
        store.note_outcome("raw/1", "duplicate", None, START)
        (item,) = items(client)
        assert item["outcome"] == {"S": "opened"}
        assert item["ref"] == {"S": "NL-1"}

    def test_counters_sent_ids_and_outcomes_expire_and_tickets_do_not(self, client: Any, store: WholeStore) -> None:
        store.commit(Change(samples.ticket()))
        store.count([Limit(Bound.SENDER_HOUR, "address", 3, HOUR)], START, idempotency_key="this one")
        store.note_outcome("raw/1", "opened", None, START)
        expiring = {item["pk"]["S"].partition("#")[0]: "expires_at" in item for item in items(client)}
        assert expiring == {"TICKET": False, "COUNT": True, "COUNTED": True, "RAW": True}

    def test_counts_of_a_day_live_as_long_as_the_effects_that_are_measured_on_them(self) -> None:
        (request,) = count_items.counting("t", [SlaCount("northlight", START, kept=1)])
        promises, tickets = request["Update"], learning_items.day_request("t", Tallied("", "", START.date(), 1, {}), {})
        ends = [each["ExpressionAttributeValues"][":end"] for each in (promises, tickets)]
        assert ends[0] == ends[1]

    def test_a_counter_outlives_its_window(self, client: Any, store: WholeStore) -> None:
        store.count([Limit(Bound.SENDER_HOUR, "address", 3, HOUR)], START)
        assert int(items(client)[0]["expires_at"]["N"]) >= (START + HOUR).timestamp()

    def test_log_entries_of_two_changes_at_one_moment_are_both_kept(self, client: Any, store: WholeStore) -> None:
        ticket = samples.ticket()
        store.commit(Change(ticket))
        first = samples.reply(ticket, "one")
        store.commit(first)
        assert first.ticket
        store.commit(samples.reply(first.ticket, "two"))
        assert len([item for item in items(client) if item["sk"]["S"].startswith("LOG#")]) == 2


class Refusing:
    """A client on which an operation fails some times with this code, and then works."""

    def __init__(self, client: Any, operation: str, code: str, times: int, **extra: Any) -> None:
        self._client, self._operation, self._code, self.left, self._extra = client, operation, code, times, extra

    def __getattr__(self, name: str) -> Any:
        if name != self._operation or not self.left:
            return getattr(self._client, name)

        def fail(**_: Any) -> Any:
            self.left -= 1
            response: Any = {"Error": {"Code": self._code, "Message": "x"}, **self._extra}
            kind = getattr(self._client.exceptions, self._code, ClientError)
            raise kind(response, self._operation)

        return fail


class TestConflicts:
    def test_a_put_that_conflicts_with_a_transaction_is_retried(self, client: Any, store: WholeStore) -> None:
        busy: Any = Refusing(client, "put_item", "TransactionConflictException", 2)
        WholeStore(busy, "aftercare").commit(Change(samples.ticket()))
        assert store.ticket(samples.REF)

    def test_a_put_that_conflicts_every_time_is_a_version_conflict(self, client: Any, store: WholeStore) -> None:
        store.commit(Change(samples.ticket()))
        busy: Any = Refusing(client, "put_item", "TransactionConflictException", 1000)
        with pytest.raises(VersionConflict):
            WholeStore(busy, "aftercare").commit(Change(evolve(samples.ticket())))

    def test_a_transaction_that_conflicts_is_a_version_conflict(self, client: Any, store: WholeStore) -> None:
        reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}, {"Code": "None"}]
        busy: Any = Refusing(
            client, "transact_write_items", "TransactionCanceledException", 1, CancellationReasons=reasons
        )
        store.commit(Change(samples.ticket()))
        with pytest.raises(VersionConflict):
            WholeStore(busy, "aftercare").commit(samples.reply(samples.ticket()))

    def test_a_transaction_refused_for_another_reason_is_no_conflict(self, client: Any, store: WholeStore) -> None:
        reasons = [{"Code": "ThrottlingError"}, {"Code": "None"}, {"Code": "None"}]
        busy: Any = Refusing(
            client, "transact_write_items", "TransactionCanceledException", 1, CancellationReasons=reasons
        )
        with pytest.raises(ClientError):
            WholeStore(busy, "aftercare").commit(samples.reply(samples.ticket()))

    def test_limits_that_conflict_are_counted_again(self, client: Any, store: WholeStore) -> None:
        reasons = [{"Code": "TransactionConflict"}]
        busy: Any = Refusing(
            client, "transact_write_items", "TransactionCanceledException", 2, CancellationReasons=reasons
        )
        assert not WholeStore(busy, "aftercare").count([Limit(Bound.SENDER_HOUR, "a", 1, HOUR)], START)
        assert store.count([Limit(Bound.SENDER_HOUR, "a", 1, HOUR)], START)

    def test_limits_that_cannot_be_counted_refuse_nobody(self, client: Any, store: WholeStore) -> None:
        reasons = [{"Code": "TransactionConflict"}]
        busy: Any = Refusing(
            client, "transact_write_items", "TransactionCanceledException", 1000, CancellationReasons=reasons
        )
        assert not WholeStore(busy, "aftercare").count([Limit(Bound.SENDER_HOUR, "a", 1, HOUR)], START)

    def test_a_missing_table_is_an_error(self, client: Any) -> None:
        with pytest.raises(ClientError):
            WholeStore(client, "nothing").count([Limit(Bound.SENDER_HOUR, "a", 1, HOUR)], START)

    def test_unprocessed_sent_ids_are_read_again(self, client: Any, store: WholeStore) -> None:
        ticket = samples.ticket()
        store.commit(Change(ticket))
        change = sending.claim(ticket, START)
        assert change
        store.commit(change)
        held = cast(Ticket, change.ticket)
        assert held.outbox
        store.commit(sending.sent(held, 1, [sending.Accepted(held.outbox.owed()[0], "ses-1", START)]))
        assert WholeStore(cast(Any, Sparing(client)), "aftercare").ref_of_sent(["ses-1"]) == ticket.ref


class Sparing:
    """A client whose first batch read leaves everything unprocessed, like a throttled table."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._left = 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def batch_get_item(self, **params: Any) -> Any:
        if self._left:
            self._left = 0
            return {"Responses": {}, "UnprocessedKeys": params["RequestItems"]}
        return self._client.batch_get_item(**params)
