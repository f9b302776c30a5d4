"""Forms: one ticket even if posted repeatedly; suspicious ones are quarantined and never dropped."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.errors import InvalidFields, KeyReused
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.orders.events import OrderEvent
from chalicelib.rules.policy.promises import DeskTerms
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.procedure_facts import Claim
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Channel, State, Ticket
from chalicelib.services.intake.submitting import SAME_WORDS, Caller, submit
from chalicelib.services.orders.commits import ref_of
from chalicelib.services.tickets import links
from chalicelib.services.tickets.filing import IncomingFile
from tests.support import samples
from tests.support.orders import made
from tests.support.store.fakes import SECRET, START, World

FIELDS = {
    "name": "Mira Holm",
    "email": "Mira@Example.com",
    "kind": "complaint",
    "topic": "damaged_in_transit",
    "order_number": "NL-2041",
    "message": samples.WORDS,
    "language": "en",
}
PICTURE = IncomingFile("shade.jpg", "image/jpeg", b"picture")


def post(
    world: World, caller: Caller | None = None, incoming_files: tuple[IncomingFile, ...] = (), **fields: str
) -> Ticket:
    return submit(world.deps, world.shop, FIELDS | fields, incoming_files, caller or Caller("192.0.2.1")).ticket


def keyed(key: str) -> Caller:
    return Caller("192.0.2.1", key=key)


class TestOpening:
    def test_a_form_opens_a_ticket_with_its_promises_and_mails(self, world: World) -> None:
        ticket = post(world)
        assert world.store.only_ticket() == ticket
        assert (ticket.channel, ticket.state, ticket.kind) == (Channel.FORM, State.OPEN, "complaint")
        assert [clock.name for clock in ticket.clocks] == ["acknowledge", "first_answer", "resolve"]
        assert ticket.outbox
        assert [d.purpose for d in ticket.outbox.deliveries] == [Purpose.ACKNOWLEDGEMENT, Purpose.NOTIFICATION_NEW]
        assert ticket.opening.text == samples.WORDS

    def test_with_a_key_it_is_one_write_and_one_for_the_limits(self, world: World) -> None:
        world.with_shop(desk=DeskTerms())  # one that may have agreements reads whether there is one
        post(world, keyed("k"))
        assert world.store.requests == ["write", "write"]

    def test_with_limits_off_it_is_one_write(self, world: World) -> None:
        world.with_shop(desk=DeskTerms())  # one that may have agreements reads whether there is one
        world.deps = replace(world.deps, limits_on=False)
        post(world, keyed("k"))
        assert world.store.requests == ["write"]

    def test_files_are_kept_under_the_ticket(self, world: World) -> None:
        ticket = post(world, incoming_files=(PICTURE,))
        (file,) = ticket.opening.files
        assert world.files.kept[file.key] == (b"picture", "image/jpeg")
        assert file.key.startswith(f"tickets/{ticket.ref}/")

    def test_bad_fields_open_nothing(self, world: World) -> None:
        with pytest.raises(InvalidFields) as fault:
            post(world, email="nobody", message=" ")
        assert fault.value.codes == {"email": "not_an_address", "message": "missing"}
        assert world.store.requests == []

    def test_more_files_than_allowed_open_nothing(self, world: World) -> None:
        with pytest.raises(InvalidFields) as fault:
            post(world, incoming_files=(PICTURE,) * 11)
        assert fault.value.codes == {"attachments": "attachments_too_many"}
        assert world.store.tickets == {}

    def test_if_a_reference_is_taken_the_next_one_is_used(self, world: World) -> None:
        source = derived.source_of("form", "northlight", "k", canonical(FIELDS["email"]))
        taken = samples.ticket(derived.reference(SECRET, "NL", source))
        world.store.tickets[taken.ref] = taken
        ticket = post(world, keyed("k"))
        assert ticket.ref == derived.reference(SECRET, "NL", source, 1)
        assert post(world, keyed("k")) == ticket
        assert world.store.tickets[taken.ref] == taken

    def test_three_taken_references_are_an_error(self, world: World) -> None:
        source = derived.source_of("form", "northlight", "k", canonical(FIELDS["email"]))
        for attempt in range(3):
            taken = samples.ticket(derived.reference(SECRET, "NL", source, attempt))
            world.store.tickets[taken.ref] = taken
        with pytest.raises(RuntimeError):
            post(world, keyed("k"))


class TestPostedAgain:
    def test_the_same_key_at_two_shops_is_two_tickets(self, world: World) -> None:
        kettle = world.deps.policy.shop("kettle")
        fields = {name: FIELDS[name] for name in ("name", "email", "message")}
        for caller in (keyed("k"), Caller("192.0.2.1", submission_id="s"), Caller("192.0.2.1")):
            posted = (submit(world.deps, shop, fields, (), caller) for shop in (world.shop, kettle) for _ in range(2))
            tickets = [each.ticket for each in posted]
            assert [ticket.shop for ticket in tickets] == ["northlight", "northlight", "kettle", "kettle"]
            assert len({ticket.ref for ticket in tickets}) == 2

    @pytest.mark.parametrize("caller", [keyed("k"), Caller("192.0.2.1", submission_id="s")])
    def test_by_key_or_hidden_id_it_is_the_same_ticket_a_month_later(self, world: World, caller: Caller) -> None:
        first = post(world, caller, (PICTURE,))
        world.clock.advance(days=30)
        assert post(world, caller, (PICTURE,)) == first
        assert len(world.store.tickets) == 1

    def test_a_key_with_other_words_is_refused(self, world: World) -> None:
        first = post(world, keyed("k"))
        with pytest.raises(KeyReused):
            post(world, keyed("k"), message="Something else")
        with pytest.raises(KeyReused):
            post(world, keyed("k"), (PICTURE,))
        assert world.store.only_ticket() == first

    def test_a_key_used_by_a_forger_does_not_refuse_the_owners_form(self, world: World) -> None:
        """Keys can be guessed ("order-777"), and addresses are not secret."""
        forged = post(world, Caller("198.51.100.9", key="k"), message="Whatever")
        own = post(world, keyed("k"))
        assert (own.ref != forged.ref, own.opening.text) == (True, FIELDS["message"])
        assert post(world, keyed("k")) == own
        assert len(world.store.tickets) == 2

    @pytest.mark.parametrize("said", [{}, {"key": "k"}, {"submission_id": "s"}])
    def test_a_forgers_quarantined_form_does_not_hide_the_owners(self, world: World, said: dict[str, str]) -> None:
        """A forger's form, quarantined by its trap field, has the very words that the customer sends next."""
        guessed = post(world, Caller("198.51.100.9", trap="x", **said))
        own = submit(world.deps, world.shop, FIELDS, (), Caller("192.0.2.1", **said))
        assert (guessed.state, own.ticket.state, own.receipt) == (State.QUARANTINED, State.OPEN, True)
        again = submit(world.deps, world.shop, FIELDS, (), Caller("192.0.2.1", **said))
        assert (again.ticket.ref, again.receipt) == (own.ticket.ref, True)
        assert len(world.store.tickets) == 2

    def test_one_ipv6_network_is_one_source(self, world: World) -> None:
        """A phone changes its own part of the address all the time."""
        first = submit(world.deps, world.shop, FIELDS, (), Caller("2001:db8::1"))
        assert submit(world.deps, world.shop, FIELDS, (), Caller("2001:db8::beef")) == first
        assert not submit(world.deps, world.shop, FIELDS, (), Caller("2001:db8:0:1::1")).receipt

    def test_the_same_key_in_another_shop_is_another_ticket(self, world: World) -> None:
        post(world, keyed("k"))
        fields = {"email": "mira@example.com", "message": "Hello"}
        submit(world.deps, world.deps.policy.shop("kettle"), fields, (), keyed("k"))
        assert {ticket.shop for ticket in world.store.tickets.values()} == {"northlight", "kettle"}

    def test_the_same_hidden_id_with_other_words_opens_another_ticket(self, world: World) -> None:
        """The browser's Back button, the message edited and sent again; then the same once more."""
        caller = Caller("192.0.2.1", submission_id="s")
        first = post(world, caller)
        second = post(world, caller, message="I forgot to say: it is the green one.")
        assert first.ref != second.ref
        assert post(world, caller, message="I forgot to say: it is the green one.") == second
        assert post(world, caller) == first
        assert len(world.store.tickets) == 2

    def test_without_a_key_the_same_words_are_the_same_ticket(self, world: World) -> None:
        first = post(world)
        world.clock.advance(seconds=SAME_WORDS.total_seconds() / 3)
        assert post(world, email="mira@example.COM") == first

    @pytest.mark.parametrize("minute", range(0, 10, 3))
    def test_the_same_words_are_one_ticket_within_any_ten_minutes(self, world: World, minute: int) -> None:
        world.clock.at = START + timedelta(minutes=minute)
        first = post(world)
        world.clock.advance(minutes=9, seconds=59)
        assert post(world).ref == first.ref
        world.clock.advance(seconds=2)
        assert post(world).ref != first.ref
        assert len(world.store.tickets) == 2

    def test_the_ten_minutes_count_from_the_first_post(self, world: World) -> None:
        refs = []
        for _ in range(4):
            refs.append(post(world).ref)
            world.clock.advance(minutes=6)
        assert refs[0] == refs[1] != refs[2] == refs[3]

    def test_without_a_key_other_words_or_files_are_another_ticket(self, world: World) -> None:
        post(world)
        post(world, message="Something else")
        post(world, email="other@example.com")
        post(world, incoming_files=(PICTURE,))
        assert len(world.store.tickets) == 4

    def test_two_concurrent_posts_are_one_ticket(self, world: World) -> None:
        def other_first(change: object) -> None:
            world.store.before_commit = lambda change: None
            post(world, keyed("k"))

        world.store.before_commit = other_first
        ticket = post(world, keyed("k"))
        assert world.store.only_ticket() == ticket


class TestSuspicions:
    def quarantined(self, world: World, ticket: Ticket) -> bool:
        owed = [delivery.purpose for delivery in ticket.outbox.deliveries] if ticket.outbox else []
        assert (ticket.state is State.QUARANTINED) == bool(ticket.suspicions)
        assert (ticket.state is State.QUARANTINED) == (Purpose.ACKNOWLEDGEMENT not in owed)
        return ticket.state is State.QUARANTINED

    def token(self, world: World, shop: str = "northlight") -> str:
        return links.form_token(world.deps, world.deps.policy.shop(shop))

    def test_a_filled_trap_field_is_quarantined_and_notifies_agents(self, world: World) -> None:
        ticket = post(world, Caller("192.0.2.1", trap="http://spam.example"))
        assert self.quarantined(world, ticket)
        assert ticket.outbox
        assert [d.purpose for d in ticket.outbox.deliveries] == [Purpose.NOTIFICATION_NEW]

    def test_links_within_seconds_of_opening_the_form_are_quarantined(self, world: World) -> None:
        caller = Caller("192.0.2.1", form_token=self.token(world))
        world.clock.advance(seconds=2)
        assert self.quarantined(world, post(world, caller, message="Visit HTTPS://spam.example"))

    def test_links_are_accepted_from_slow_writers(self, world: World) -> None:
        caller = Caller("192.0.2.1", form_token=self.token(world))
        world.clock.advance(seconds=30)
        assert not self.quarantined(world, post(world, caller, message="See https://photos.example/1"))

    def test_quick_forms_without_links_are_accepted(self, world: World) -> None:
        assert not self.quarantined(world, post(world, Caller("192.0.2.1", form_token=self.token(world))))

    @pytest.mark.parametrize("token", ["forged", "", "x.y.z"])
    def test_a_forged_time_is_quarantined_and_a_missing_one_is_accepted(self, world: World, token: str) -> None:
        assert self.quarantined(world, post(world, Caller("192.0.2.1", form_token=token))) == bool(token)

    def test_the_time_token_of_another_shops_form_is_quarantined(self, world: World) -> None:
        assert self.quarantined(world, post(world, Caller("192.0.2.1", form_token=self.token(world, "kettle"))))

    def test_over_the_limit_tickets_are_quarantined_without_notifying_agents(self, world: World) -> None:
        limit = world.shop.limits.per_address_hour
        tickets = [post(world, keyed(str(n)), message=f"Words {n}") for n in range(limit + 1)]
        assert [self.quarantined(world, ticket) for ticket in tickets] == [False] * limit + [True]
        assert tickets[-1].suspicions == (Suspicion.TOO_MANY,)
        assert tickets[-1].outbox is None

    def test_the_limit_per_address_ignores_case(self, world: World) -> None:
        limit = world.shop.limits.per_address_hour
        for number in range(limit):
            post(world, keyed(str(number)))
        assert self.quarantined(world, post(world, keyed("x"), email="mIRA@example.com"))
        assert not self.quarantined(world, post(world, keyed("y"), email="other@example.com"))

    def test_the_limit_per_source_counts_all_its_addresses(self, world: World) -> None:
        limit = world.shop.limits.per_source_hour
        for number in range(limit):
            post(world, keyed(str(number)), email=f"a{number}@example.com")
        assert self.quarantined(world, post(world, keyed("x"), email="b@example.com"))
        elsewhere = Caller("192.0.2.9", key="y")
        assert not self.quarantined(world, post(world, elsewhere, email="c@example.com"))

    def test_the_same_key_at_two_shops_is_two_tickets(self, world: World) -> None:
        kettle = world.deps.policy.shop("kettle")
        fields = {name: FIELDS[name] for name in ("name", "email", "message")}
        for caller in (keyed("k"), Caller("192.0.2.1", submission_id="s"), Caller("192.0.2.1")):
            posted = (submit(world.deps, shop, fields, (), caller) for shop in (world.shop, kettle) for _ in range(2))
            tickets = [each.ticket for each in posted]
            assert [ticket.shop for ticket in tickets] == ["northlight", "northlight", "kettle", "kettle"]
            assert len({ticket.ref for ticket in tickets}) == 2

    @pytest.mark.parametrize("caller", [keyed("k"), Caller("192.0.2.1", submission_id="s"), Caller("192.0.2.1")])
    def test_the_same_post_again_does_not_use_the_limit_up(self, world: World, caller: Caller) -> None:
        world.with_shop(limits=replace(world.shop.limits, per_address_hour=2))
        for _ in range(5):
            first = post(world, caller)
        assert not self.quarantined(world, post(world, keyed("second"), message="Something else"))
        assert self.quarantined(world, post(world, keyed("third"), message="A third"))
        assert post(world, caller) == first

    def test_the_same_hidden_id_with_other_words_counts_for_the_limit(self, world: World) -> None:
        limit = world.shop.limits.per_address_hour
        tickets = [post(world, Caller("192.0.2.1", submission_id="s"), message=f"Words {n}") for n in range(limit + 1)]
        assert [self.quarantined(world, ticket) for ticket in tickets] == [False] * limit + [True]

    def test_counters_do_not_reveal_who_is_counted(self, world: World) -> None:
        post(world)
        keys = [key for _, key, _ in world.store.counts]
        assert keys
        assert all(re.fullmatch(r"[0-9a-z]{21}", key) for key in keys), keys


class TestWarrantyClaim:
    """What a known order says of a claim is taken from there, and only if the order is the writer's."""

    def test_the_order_s_day_and_product_are_taken(self, world: World) -> None:
        lamp = replace(made.BASKET, lines=(made.LAMP,))
        ordered(world, made.placed(basket=lamp), made.sent(START), made.arrived(START))
        claim = post(world, kind="warranty", topic="", order_number="1001", serial_number="S-1").claim
        assert claim == Claim(START.date(), "Lamp Ada", "S-1")

    def test_what_was_typed_stays(self, world: World) -> None:
        ordered(world, made.placed())
        bought = {"kind": "warranty", "topic": "", "order_number": "1001"}
        typed = FIELDS | bought | {"product": "Lamp Grace", "purchase_date": "2026-01-02"}
        claim = submit(world.deps, world.shop, typed, (), Caller("192.0.2.1")).ticket.claim
        assert claim == Claim(date(2026, 1, 2), "Lamp Grace")

    def test_another_address_gets_nothing_of_the_order(self, world: World) -> None:
        ordered(world, made.placed())
        ticket = post(world, kind="warranty", topic="", order_number="1001", email="tom@example.com")
        assert ticket.claim is None

    def test_another_kind_is_no_claim(self, world: World) -> None:
        ordered(world, made.placed())
        assert post(world, order_number="1001").claim is None

    def test_the_same_form_again_is_the_same_ticket_also_when_the_order_came_in_between(self, world: World) -> None:
        first = post(world, keyed("k"), kind="warranty", topic="", order_number="1001")
        ordered(world, made.placed())
        assert post(world, keyed("k"), kind="warranty", topic="", order_number="1001").ref == first.ref


def ordered(world: World, *events: OrderEvent) -> None:
    order = made.taken(*events)
    world.store.commit_order(replace(order, ref=ref_of(world.deps, world.shop.id, made.NUMBER), version=1))
