"""The secret is rotated while the shop works: links and addresses handed out before stay valid, stored data is found
and verifies, and repeated requests are still recognised."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from chalicelib.errors import InvalidLink
from chalicelib.mail.inbound import Attachment
from chalicelib.rules.identity import derived, keys
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.identity.keys import Secret
from chalicelib.rules.intake.limits import HOUR, Bound, Limit
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.access import signing_in
from chalicelib.services.delivery import bouncing
from chalicelib.services.desk import searching
from chalicelib.services.intake import arrivals
from chalicelib.services.intake.receiving import receive
from chalicelib.services.intake.submitting import Caller, submit
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.privacy import auditing, erasing
from chalicelib.services.tickets import indexing, limiting, links, reply_tokens
from tests.support import agents, records, samples, scenarios
from tests.support.scenarios import JON, WILMA
from tests.support.store.fakes import SECRET, FakeRun, World, written
from tests.support.store.fakes import world as new_world

MORE = "another secret of sixty-four characters, as the operator makes it"
BESIDE = keys.with_version(SECRET, MORE)
TURNED = keys.with_newest_present(BESIDE)


def turn(world: World, secret: Secret = TURNED) -> None:
    world.deps = replace(world.deps, secret=secret)


@cache
def lived(*, closed: bool = False) -> World:
    world = new_world(limits_on=False)
    life = scenarios.whole_life(world)
    if closed:
        life.closes_all()
    return world


@pytest.fixture(params=["beside", "turned"])
def secret(request: pytest.FixtureRequest) -> Secret:
    """Both steps of a rotation."""
    return {"beside": BESIDE, "turned": TURNED}[request.param]


@pytest.fixture
def world() -> Iterator[World]:
    yield new_world(limits_on=False)


def received(world: World, to: str = "care@help.northlight.example", **headers: str) -> Ticket:
    receive(world.deps, MailReceived(world.arrives(written(**headers)), (to,)))
    return next(iter(world.store.tickets.values()))


def token(link: str) -> str:
    return link.rpartition("/")[2]


class TestHandedOut:
    def test_links_open_and_forms_are_accepted(self, world: World, secret: Secret) -> None:
        ticket = agents.opened(world)
        page, receipt = links.status_url(world.deps, ticket), links.receipt_url(world.deps, ticket)
        confirm = links.confirmation_url(world.deps, ticket, world.clock())
        upload, form = links.upload_token(world.deps, "uploads/x", "a.png"), links.form_token(world.deps, world.shop)
        turn(world, secret)
        assert links.open_status(world.deps, token(page)).ticket.ref == ticket.ref
        assert links.open_status(world.deps, token(receipt)).receipt
        assert links.open_confirmation(world.deps, token(confirm)).ref == ticket.ref
        assert links.read_upload_token(world.deps, upload) == ("uploads/x", "a.png")
        assert links.form_age(world.deps, world.shop, form).total_seconds() == 0

    def test_new_links_use_the_present_version_and_a_changed_version_letter_is_refused(self, world: World) -> None:
        ticket = agents.opened(world)
        old = token(links.status_url(world.deps, ticket))
        turn(world)
        new = token(links.status_url(world.deps, ticket))
        assert (old[0], new[0]) == ("1", "2")
        for forged in (f"2{old[1:]}", f"1{new[1:]}", f"3{new[1:]}", new[1:], ""):
            with pytest.raises(InvalidLink):
                links.open_status(world.deps, forged)

    def test_reply_addresses_still_lead_to_their_ticket(self, world: World, secret: Secret) -> None:
        ticket = agents.opened(world)
        old = reply_tokens.reply_token(world.deps, ticket, Role.CUSTOMER)
        turn(world, secret)
        received(world, f"care+{old}@help.northlight.example", Message_ID="<second@mail.example>")
        assert list(world.store.tickets) == [ticket.ref]
        assert [message.author for message in world.store.messages.values()] != []

    def test_sessions_and_open_forms_stay_valid(self, world: World, secret: Secret) -> None:
        cookie = signing_in.begin(world.deps, agents.ADA)
        form = signing_in.authenticate(world.deps, cookie).csrf
        world.clock.advance(minutes=30)
        lost = signing_in.authenticate(world.deps, cookie).cookie
        turn(world, secret)
        again = signing_in.authenticate(world.deps, cookie)
        assert (again.csrf, again.cookie) == (form, lost)

    def test_a_repeated_mail_is_still_a_duplicate(self, world: World, secret: Secret) -> None:
        ticket = received(world)
        turn(world, secret)
        assert received(world).ref == ticket.ref
        assert list(world.store.tickets) == [ticket.ref]
        assert world.store.messages == {}

    def test_a_repeated_action_and_a_reference_to_a_first_mail_are_recognised(
        self, world: World, secret: Secret
    ) -> None:
        ticket = received(world)
        event = {"ref": ticket.ref, "text": "Once."}
        assert agents.acts(world, "note", **event)["done"]
        turn(world, secret)
        assert not agents.acts(world, "note", **event)["done"]
        received(world, Message_ID="<second@mail.example>", In_Reply_To="<first@mail.example>")
        assert list(world.store.tickets) == [ticket.ref]


FORM = {"name": "Mira Holm", "email": agents.MIRA, "kind": "complaint", "message": "It is torn.", "language": "en"}


class TestRepeated:
    @pytest.mark.parametrize("keyed", [Caller("2001:db8:1:2::7", key="k"), Caller("2001:db8:1:2::7")])
    def test_the_same_form_from_the_same_network_gets_its_receipt_again(
        self, world: World, secret: Secret, keyed: Caller
    ) -> None:
        first = submit(world.deps, world.shop, FORM, (), keyed)
        turn(world, secret)
        again = submit(world.deps, world.shop, FORM, (), replace(keyed, address="2001:db8:1:2:a:b:c:d"))
        elsewhere = submit(world.deps, world.shop, FORM, (), replace(keyed, address="2001:db8:1:3::7"))
        assert {each.ticket.ref for each in (first, again, elsewhere)} == set(world.store.tickets)
        assert (first.receipt, again.receipt, elsewhere.receipt) == (True, True, False)

    def test_an_agent_is_not_mailed_twice_about_left_out_files(
        self, world: World, secret: Secret, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        logo = Attachment("logo.png", "image/png", "logo", True, b"logo", "old")
        monkeypatch.setattr(arrivals, "left_out", lambda mail: [logo])
        ticket = agents.opened(world)
        told = []
        for number, address in enumerate((agents.ADA, agents.ADA.upper())):
            to = f"care+{reply_tokens.reply_token(world.deps, ticket, Role.AGENT)}@help.northlight.example"
            mail = written(f"Ada <{address}>", "Re: x", f"We send {number}.\n", Message_ID=f"<{number}@x>")
            receive(world.deps, MailReceived(world.arrives(mail), (to,), passed=frozenset({arrivals.DMARC})))
            (message,) = (m for m in records.messages_of(world, ticket.ref) if f"send {number}" in m.text)
            told.append([mail.purpose for mail in message.outbox.owed()] if message.outbox else [])
            turn(world, secret)
        assert told == [[Purpose.ANSWER, Purpose.LEFT_OUT], [Purpose.ANSWER]]

    def test_a_counted_request_keeps_its_result_although_the_counters_restart(
        self, world: World, secret: Secret
    ) -> None:
        world.deps = replace(world.deps, limits_on=True)
        limit = [Limit(Bound.RECIPIENT_HOUR, "mira", 1, HOUR)]
        assert limiting._count(world.deps, (), limit, "the first") == frozenset()
        assert limiting._count(world.deps, (), limit, "the second") == {Bound.RECIPIENT_HOUR}
        turn(world, secret)
        assert limiting._count(world.deps, (), limit, "the second") == {Bound.RECIPIENT_HOUR}


class TestStored:
    def test_logs_verify_and_continue(self) -> None:
        world = copy.deepcopy(lived())
        for secret in (BESIDE, TURNED):
            turn(world, secret)
            days = {"shop": "northlight", "from": "2026-11-25", "to": "2027-02-28"}
            assert auditing.verify_audit(world.deps, days, FakeRun())["wrong"] == 0
        ref = next(iter(world.store.tickets))
        heads = {ref: world.store.tickets[ref].log_head[0]}
        for each in list(world.store.tickets.values()):
            if not each.merged_into:
                agents.acts(world, "note", each.ref, text="Later.")
        assert heads[ref] == "1"
        assert {ticket.log_head[0] for ticket in world.store.tickets.values() if not ticket.merged_into} == {"2"}
        assert auditing.verify_audit(world.deps, days, FakeRun())["wrong"] == 0

    def test_the_search_finds_words_from_before_and_after_together(self, world: World, secret: Secret) -> None:
        ticket = agents.opened(world)
        records.indexed(world)
        (word,) = indexing.blinded(world.deps, "northlight", ["quastenfloh"])
        turn(world, secret)
        agents.customer_writes(world, "It is a Quastenfloh.")
        records.indexed(world)
        assert (("northlight", word) in world.store.words) is (secret.present == "1")
        own = next(word for word in ticket.opening.text.lower().split() if word.isalpha() and len(word) > 3)
        for query in (own, "quastenfloh", f"{own} quastenfloh", f"quastenfloh {own}"):
            found = searching.search(world.deps, {"northlight": world.shop.agents[0]}, query, "en")
            assert [row.ref for row in found.rows] == [ticket.ref], query
        assert not searching.search(world.deps, {"northlight": world.shop.agents[0]}, f"{own} giraffe", "en").rows

    def test_pages_with_old_and_new_index_words_form_one_list(self, world: World) -> None:
        refs = [f"NL-7K3F9-{number:05}" for number in range(1, 8)]
        for number, ref in enumerate(refs):
            turn(world, TURNED if number % 2 else SECRET)
            indexing.index(world.deps, samples.ticket(ref, world.clock.advance(minutes=1), subject="Quastenfloh"))
        turn(world)
        after, listed, more = None, list[str](), True
        while more:
            page, more = indexing.hits(world.deps, "northlight", "quastenfloh", 2, after)
            assert len(page) <= 2
            listed, after = listed + [mention.ref for mention in page], page[-1]
        assert listed == refs[::-1]

    def test_suppressed_addresses_stay_suppressed(self, world: World, secret: Secret) -> None:
        world.store.suppress(
            bouncing.address_key(world.deps, agents.MIRA), "bounced", world.clock.at.replace(year=2030)
        )
        turn(world, secret)
        assert bouncing.suppressed(world.deps, agents.MIRA)
        assert not bouncing.suppressed(world.deps, "jon@example.com")

    @pytest.mark.parametrize("who", [WILMA, JON])
    def test_an_erasure_finds_the_person_everywhere(self, who: Any, secret: Secret) -> None:
        world = copy.deepcopy(lived(closed=True))
        turn(world, secret)
        event = {"shop": "northlight", "email": who.address, "confirm": who.address, "reason": "Asked for"}
        assert records.found(world, *who.traces)
        answer = erasing.erase_subject(world.deps, event, FakeRun())
        assert answer["complete"]
        assert records.found(world, *who.traces) == []
        days = {"shop": "northlight", "from": "2026-11-25", "to": "2027-02-28"}
        assert auditing.verify_audit(world.deps, days, FakeRun())["wrong"] == 0

    def test_a_purge_leaves_no_index_word_of_either_version(self, secret: Secret) -> None:
        world = new_world(limits_on=False)
        agents.opened(world)
        records.indexed(world)
        turn(world, secret)
        agents.customer_writes(world, "It is a Quastenfloh.")
        records.indexed(world)
        records.closed(world, samples.REF)
        records.years_later(world)
        records.purge(world)
        assert not world.store.tickets
        assert not any(world.store.words.values())


def test_a_foreign_secrets_tokens_are_refused(world: World) -> None:
    ticket = agents.opened(world)
    stranger = Secret({"1": b"x" * 40, "2": b"y" * 40}, "2")
    page = token(links.status_url(replace(world.deps, secret=stranger), ticket))
    reply = reply_tokens.reply_token(replace(world.deps, secret=stranger), ticket, Role.AGENT)
    for secret in (SECRET, BESIDE, TURNED):
        turn(world, secret)
        assert derived.read_token(secret, reply) is None
        with pytest.raises(InvalidLink):
            links.open_status(world.deps, page)
