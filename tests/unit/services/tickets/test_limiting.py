"""What strangers can trigger, and how often: by form, by mail, by their links; and that genuine customers lose nothing
by the limits."""

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.errors import RateLimited
from chalicelib.mail.composing import plus_address
from chalicelib.rules.intake.limits import Bound
from chalicelib.rules.intake.withdrawal_form import Statement
from chalicelib.rules.policy.promises import ACKNOWLEDGED_BY_LAW, WITHDRAWAL
from chalicelib.rules.procedure import replying
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.remarks import Remark, Suspicion
from chalicelib.rules.tickets.ticket import State, Ticket, Visibility
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.customer import customer_page, rating
from chalicelib.services.intake import withdrawing
from chalicelib.services.intake.arrivals import DKIM, DMARC, SPAM, SPF
from chalicelib.services.intake.receiving import receive
from chalicelib.services.intake.submitting import Caller, submit
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.tickets import limiting, links, uploading
from tests.support import agents
from tests.support.agents import ADA, advertises, stream
from tests.support.samples import PERIOD, TOLD
from tests.support.store.fakes import World, written
from tests.unit.services.intake.test_receiving import customers_address

CARE = {id: shop.support for id, shop in wiring.policy().shops.items()}
VERA = "vera@victim.example"
_numbers = itertools.count(1)


def posts(world: World, email: str = VERA, source: str = "192.0.2.1", shop: str = "northlight", **more: str) -> Ticket:
    number = next(_numbers)
    fields = {"name": "Vera", "email": email, "message": f"Words {number}", "kind": "question", "language": "en"} | more
    return submit(world.deps, world.deps.policy.shop(shop), fields, (), Caller(source, key=f"key {number}")).ticket


def mails(
    world: World, by: str = VERA, to: str = CARE["northlight"], *, failed: Iterable[str] = (), **said: Any
) -> Ticket | None:
    """Receive a mail; return the ticket that it opens, None if it joins one."""
    number, before = next(_numbers), set(world.store.tickets)
    headers = {"To": to, "Message_ID": f"<{number}@x>"} | said.pop("headers", {})
    raw = written(f"Vera <{by}>", text=f"Words {number}\n", **headers)
    receive(world.deps, MailReceived(world.arrives(raw), (to,), frozenset(failed), **said))
    return next((ticket for ref, ticket in world.store.tickets.items() if ref not in before), None)


def states_withdrawal(world: World, source: str = "192.0.2.1", email: str = VERA, token: str = "") -> Ticket:
    number = next(_numbers)
    statement = Statement("Vera", f"Order {number}", email, "en")
    caller = Caller(source, key=f"key {number}")
    return withdrawing.withdraw(world.deps, world.shop, statement, caller, token).ticket


def confirmed(tickets: Iterable[Ticket]) -> int:
    """The number of these tickets that were acknowledged by mail."""
    mailed = [mail for ticket in tickets if ticket.outbox for mail in ticket.outbox.deliveries]
    return sum(mail.purpose is Purpose.ACKNOWLEDGEMENT for mail in mailed)


def told(ticket: Ticket) -> bool:
    mailed = ticket.outbox.deliveries if ticket.outbox else ()
    return any(mail.purpose is Purpose.NOTIFICATION_NEW for mail in mailed)


class TestPerAddress:
    def test_forty_variants_of_an_address_cause_ten_mails_of_each_cause(self, world: World) -> None:
        """Twenty forms that name a mailbox, and twenty mails of its owner."""
        for number in range(20):
            shop = ("northlight", "kettle")[number % 2]
            dotted = "v" + "." * (number % 3 > 0) + "era"
            posts(world, f"{dotted}+{number}@gmail.com", f"192.0.2.{number}", shop)
            mails(world, f"VERA+{number}x@googlemail.com", CARE[shop], passed=frozenset({DMARC}))
        stream(world)
        to = Counter(mail.recipient.partition("@")[2].lower() for mail in world.mailer.sent)
        assert len(world.store.tickets) == 40
        assert world.shop.limits.mails.per_recipient_hour == 10
        assert (to["gmail.com"], to["googlemail.com"]) == (10, 10)

    def test_a_victims_form_is_open_after_ten_forged_posts_from_ten_sources(self, world: World) -> None:
        for number in range(10):
            posts(world, source=f"198.51.100.{number}")
        own = posts(world, source="192.0.2.77")
        assert own.state is State.OPEN
        assert told(own)
        assert own.clock("first_answer")
        # Ten acknowledgements to the mailbox are enough: none is promised any more.
        assert confirmed([own]) == 0
        assert own.clock("acknowledge") is None
        assert own.opening.remarks == (Remark.BEYOND_BUDGET,)
        assert own.log[-1].details == details_of(DetailCode.BOUND, Bound.RECIPIENT_HOUR)

    def test_no_number_of_forgeries_quarantines_the_owners_tickets(self, world: World) -> None:
        for number in range(110):
            posts(world, source=f"198.51.100.{number}")
        by_form, by_mail = posts(world, source="192.0.2.77"), mails(world, passed=frozenset({DMARC}))
        assert by_mail
        assert [(t.state, t.suspicions, told(t)) for t in (by_form, by_mail)] == [(State.OPEN, (), True)] * 2

    def test_no_number_of_forgeries_costs_the_owners_own_mail_its_confirmation(self, world: World) -> None:
        for number in range(30):
            posts(world, source=f"198.51.100.{number}")
            mails(world, sender=f"x@evil{number}.example", passed=frozenset({SPF}))
        assert confirmed([own for _ in range(3) if (own := mails(world, passed=frozenset({DMARC})))]) == 3

    @pytest.mark.parametrize("kind", ACKNOWLEDGED_BY_LAW)
    def test_what_the_law_has_us_acknowledge_is_acknowledged_whatever_others_did_in_that_name(
        self, world: World, kind: str
    ) -> None:
        for number in range(40):
            posts(world, source=f"198.51.100.{number}")
            states_withdrawal(world, source=f"203.0.113.{number}")
        own = states_withdrawal(world) if kind == WITHDRAWAL else posts(world, kind=kind)
        assert (own.state, confirmed([own]), own.opening.remarks) == (State.OPEN, 1, ())
        assert own.clock("acknowledge")

    def test_what_the_law_has_us_acknowledge_is_bounded_by_its_source(self, world: World) -> None:
        limit = world.shop.limits.per_address_hour
        stated = [states_withdrawal(world) for _ in range(limit + 3)]
        assert confirmed(stated) == limit
        assert [ticket.state for ticket in stated[limit:]] == [State.QUARANTINED] * 3

    def test_a_withdrawal_by_a_link_that_was_mailed_counts_towards_that_link_only(self, world: World) -> None:
        """Somebody on the same network has used up what the network may do in this name."""
        ticket = mails(world, passed=frozenset({DMARC}))
        assert ticket
        for _ in range(world.shop.limits.per_address_hour + 1):
            posts(world)
        assert posts(world).state is State.QUARANTINED
        token = links.withdrawal_url(world.deps, ticket).rpartition("t=")[2]
        own = states_withdrawal(world, token=token)
        assert (own.state, own.proven, confirmed([own])) == (State.OPEN, True, 1)
        for other in (states_withdrawal(world, token=token, email="other@x.example"), posts(world)):
            assert not other.proven
        assert states_withdrawal(world, token="forged").state is State.QUARANTINED
        many = [states_withdrawal(world, token=token) for _ in range(world.shop.limits.replies_hour)]
        assert [one.state for one in many].count(State.QUARANTINED) == 1

    def test_forged_mails_do_not_use_up_the_owners_limit(self, world: World) -> None:
        for number in range(70):
            mails(world, VERA, failed=(SPF,), sender=f"x@evil{number % 2}.example", passed=frozenset({DKIM}))
        own = mails(world, passed=frozenset({DMARC}), sender=VERA)
        assert own
        assert (own.state, told(own)) == (State.OPEN, True)

    def test_beyond_the_limit_of_one_source_tickets_are_quarantined_silently(self, world: World) -> None:
        limit = world.shop.limits.per_address_hour
        tickets = [posts(world, f"v.e.r.a+{number}@gmail.com") for number in range(limit + 2)]
        assert [ticket.state for ticket in tickets] == [State.OPEN] * limit + [State.QUARANTINED] * 2
        assert [told(ticket) for ticket in tickets] == [True] * limit + [False] * 2

    def test_forms_have_a_daily_limit(self, world: World) -> None:
        states: list[State] = []
        for _ in range(24):
            states += [posts(world).state for _ in range(9)]
            world.clock.advance(hours=1)
        assert states.count(State.OPEN) == world.shop.limits.per_address_day
        assert posts(world).state is State.OPEN  # yesterday's no longer count

    def test_a_window_slides_over_the_full_hour(self, world: World) -> None:
        world.clock.at = world.clock.at.replace(minute=59, second=58)
        first = [posts(world) for _ in range(10)]
        world.clock.advance(seconds=4)
        then = [posts(world) for _ in range(10)]
        assert {ticket.state for ticket in first} == {State.OPEN}
        assert {ticket.state for ticket in then} == {State.QUARANTINED}
        world.clock.advance(minutes=60)
        assert posts(world).state is State.OPEN


class TestPerSource:
    def test_two_hundred_addresses_of_one_network_are_one_source(self, world: World) -> None:
        tickets = [posts(world, f"{n}@x{n}.example", f"2001:db8:1:2:{n:x}::{n:x}") for n in range(200)]
        limit = world.shop.limits.per_source_hour
        assert [ticket.state for ticket in tickets].count(State.OPEN) == limit
        assert posts(world, "a@b.example", "2001:db8:1:3::1").state is State.OPEN

    def test_an_offices_usual_number_is_accepted(self, world: World) -> None:
        assert {posts(world, f"{n}@office.example").state for n in range(50)} == {State.OPEN}

    def test_a_mails_source_is_its_authenticated_domain(self, world: World) -> None:
        limit = world.shop.limits.per_source_hour
        sent = [mails(world, f"v{n}@a.example", passed=frozenset({DMARC})) for n in range(limit + 1)]
        assert [ticket.state for ticket in sent if ticket] == [State.OPEN] * limit + [State.QUARANTINED]
        by_envelope = mails(world, "w@b.example", passed=frozenset({SPF}), sender="bounce@A.example")
        assert by_envelope
        assert by_envelope.state is State.QUARANTINED
        unproven = mails(world, "v@a.example")
        assert unproven
        assert unproven.state is State.OPEN

    def test_a_mail_providers_customers_are_not_one_source(self, world: World) -> None:
        sent = [mails(world, f"v{n}@gmail.com", passed=frozenset({DMARC})) for n in range(80)]
        assert {ticket.state for ticket in sent if ticket} == {State.OPEN}

    def test_otherwise_a_mails_source_is_the_host_that_delivered_it(self, world: World) -> None:
        trace = "from x ({0} [{0}]) by inbound-smtp.eu-central-1.amazonaws.com with SMTP id 1 for care@x; today"

        def from_host(host: str, number: int) -> Ticket | None:
            return mails(world, f"v@a{number}.example", headers={"Received": trace.format(host)})

        limit = world.shop.limits.per_source_hour
        sent = [from_host("192.0.2.9", number) for number in range(limit + 1)]
        assert [ticket.state for ticket in sent if ticket] == [State.OPEN] * limit + [State.QUARANTINED]
        other = from_host("192.0.2.10", 0)
        assert other
        assert other.state is State.OPEN

    @pytest.mark.parametrize("host", ["mx.evil.example", "amazonaws.com.evil.example"])
    def test_a_received_header_by_another_host_is_ignored(self, world: World, host: str) -> None:
        forged = f"from x (x [192.0.2.9]) by {host}; today"
        sent = [mails(world, f"v@a{n}.example", headers={"Received": forged}) for n in range(70)]
        assert {ticket.state for ticket in sent if ticket} == {State.OPEN}

    def test_uploads_of_a_network_are_counted_together(self, world: World) -> None:
        world.with_shop(limits=replace(world.shop.limits, per_source_hour=1))
        fields = {"filename": "a.jpg", "content_type": "image/jpeg", "size": "5"}
        for number in range(10):
            uploading.begin(world.deps, world.shop, fields, f"2001:db8::{number:x}")
        with pytest.raises(RateLimited):
            uploading.begin(world.deps, world.shop, fields, "2001:db8::ffff")

    def test_agents_may_forward_without_limit(self, world: World) -> None:
        sent = [mails(world, ADA, passed=frozenset({DMARC})) for _ in range(70)]
        assert {ticket.state for ticket in sent if ticket} == {State.OPEN}
        assert confirmed(ticket for ticket in sent if ticket) == 10


class TestBudgets:
    @pytest.mark.parametrize(
        ("budget", "bound", "varied"),
        [
            ({"per_domain_day": 5}, Bound.DOMAIN_DAY, "v{0}@victim.example"),
            ({"per_provider_day": 5}, Bound.DOMAIN_DAY, "v{0}@gmail.com"),
            ({"per_shop_hour": 5}, Bound.SHOP_HOUR, "v@victim{0}.example"),
            ({"per_shop_day": 5}, Bound.SHOP_DAY, "v@victim{0}.example"),
            ({"per_recipient_day": 5}, Bound.RECIPIENT_DAY, "v+{0}@victim.example"),
        ],
    )
    def test_beyond_each_budget_the_ticket_is_open_and_agents_are_notified(
        self, world: World, budget: dict[str, Any], bound: Bound, varied: str
    ) -> None:
        limits = world.shop.limits
        world.with_shop(limits=replace(limits, mails=replace(limits.mails, **budget)))
        opened = [posts(world, varied.format(number), f"192.0.2.{number}") for number in range(8)]
        assert confirmed(opened) == 5
        assert [(ticket.state, told(ticket)) for ticket in opened] == [(State.OPEN, True)] * 8
        assert {ticket.log[-1].details for ticket in opened[5:]} == {details_of(DetailCode.BOUND, bound)}

    def test_tickets_that_are_not_acknowledged_use_no_budget(self, world: World) -> None:
        for number in range(30):
            mails(world, failed={DMARC}, sender=f"x@{number}.example", passed=frozenset({SPF}))
        own = mails(world, passed=frozenset({DMARC}))
        assert own
        assert confirmed([own]) == 1

    def test_forged_answers_to_digests_cause_a_limited_number_of_mails(self, world: World) -> None:
        for _ in range(40):
            mails(world, ADA, plus_address(CARE["northlight"], "digest"))
        assert len(world.mailer.to(ADA)) == world.shop.limits.mails.per_recipient_hour

    def test_a_customer_with_a_used_up_budget_gets_no_review_request(self, world: World) -> None:
        advertises(world)
        agents.opened(world, adverts=TOLD)
        agents.acts(world, "close", outcome="settled", reason="Done.")
        stream(world)
        world.clock.at += PERIOD
        for number in range(world.shop.limits.mails.per_recipient_hour):
            assert limiting.may_mail(world.deps, world.shop, agents.MIRA.upper(), str(number))
        look_after_due(world.deps)
        stream(world)
        assert world.mailer.to(agents.MIRA) == []
        unsent = ("aftercare", Action.NOT_SENT, "purpose=review_request unsent=beyond_budget")
        assert unsent in agents.log(world)

    def test_limits_off_disables_all_limits(self, world: World) -> None:
        world.deps = replace(world.deps, limits_on=False)
        opened = [posts(world) for _ in range(40)] + [t for _ in range(40) if (t := mails(world))]
        assert confirmed(opened) == 80


class TestForged:
    @pytest.mark.parametrize(
        ("failed", "policy", "acknowledged"),
        [
            ({DMARC}, "reject", False),
            ({DMARC}, "quarantine", False),
            ({DMARC}, "", False),
            ({DMARC}, "none", True),
            ({SPF, DKIM}, "", False),
            ({SPF}, "", False),
            ({DKIM}, "", True),
        ],
    )
    def test_no_automatic_mail_goes_where_authentication_failed(
        self, world: World, failed: set[str], policy: str, acknowledged: bool
    ) -> None:
        ticket = mails(world, failed=failed, policy=policy)
        assert ticket
        assert (ticket.state, told(ticket), confirmed([ticket]) == 1) == (State.OPEN, True, acknowledged)
        assert ("disowned" in ticket.opening.remarks) != acknowledged

    def test_a_valid_dkim_signature_is_enough_if_a_forwarder_broke_spf(self, world: World) -> None:
        ticket = mails(world, failed={SPF}, passed=frozenset({DKIM}))
        assert ticket
        assert confirmed([ticket]) == 1

    def test_without_a_notification_the_mail_services_header_counts(self, world: World) -> None:
        said = ("spf=fail smtp.mailfrom=x; dkim=fail header.i=@x", "dmarc=fail (p=reject dis=none) header.from=x")
        for results in said:
            raw = written(Message_ID=f"<{len(results)}@x>", Authentication_Results=f"amazonses.com; {results}")
            receive(world.deps, MailReceived(world.arrives(raw), ()))
        assert confirmed(world.store.tickets.values()) == 0
        assert len(world.store.tickets) == 2


class TestOnce:
    def test_a_form_killed_between_counting_and_writing_is_counted_once(self, world: World) -> None:
        for number in range(9):
            posts(world, source=f"198.51.100.{number}")
        commit, fields = world.store.commit, {"name": "V", "email": VERA, "message": "Mine", "language": "en"}

        def killed(change: Any) -> None:
            raise VersionConflict("killed")

        for _ in range(3):
            world.store.commit = killed  # type: ignore[method-assign]
            with pytest.raises(VersionConflict):
                submit(world.deps, world.shop, fields, (), Caller("192.0.2.1", key="k"))
        world.store.commit = commit  # type: ignore[method-assign]
        posts(world, source="198.51.100.77")  # would use up the rest of the budget, if there were any
        mine = submit(world.deps, world.shop, fields, (), Caller("192.0.2.1", key="k")).ticket
        assert (mine.state, confirmed([mine])) == (State.OPEN, 1)


def page_of(world: World, ticket: Ticket) -> str:
    return links.status_url(world.deps, ticket).rpartition("/")[2]


class TestReplies:
    def says(self, world: World, ticket: Ticket, text: str, caller: str = "192.0.2.1") -> str:
        return customer_page.reply(world.deps, page_of(world, ticket), {"message": text}, [], (), caller)

    def test_of_twenty_five_replies_in_a_second_twenty_are_kept_with_few_mails(self, world: World) -> None:
        ticket, refused = agents.opened(world), 0
        for number in range(25):
            try:
                self.says(world, ticket, f"Any news? {number}")
            except RateLimited:
                refused += 1
            stream(world)
        assert (len(world.store.messages), refused) == (20, 5)
        assert len(world.mailer.to(ADA)) == 1

    def test_a_repeated_reply_is_not_counted_again(self, world: World) -> None:
        ticket = agents.opened(world)
        first = self.says(world, ticket, "Any news?")
        for number in range(19):
            self.says(world, ticket, f"And {number}?")
        assert self.says(world, ticket, "Any news?") == first
        with pytest.raises(RateLimited):
            self.says(world, ticket, "One more?")
        assert self.says(world, ticket, "From elsewhere", "192.0.2.2")
        world.clock.advance(hours=1)
        assert self.says(world, ticket, "One more?")

    def test_ratings_count_with_replies(self, world: World) -> None:
        ticket = agents.opened(world)
        for number in range(20):
            self.says(world, ticket, f"Any news? {number}")
        agents.acts(world, "close", outcome="settled", reason="done")
        form = {"score": "1", "rating_text": "Slow"}
        with pytest.raises(RateLimited):
            rating.rate(world.deps, page_of(world, ticket), form, "192.0.2.1")
        rating.rate(world.deps, page_of(world, ticket), form, "192.0.2.2")
        rating.rate(world.deps, page_of(world, ticket), form, "192.0.2.1")  # the same rating again

    def test_replies_by_mail_beyond_the_limit_are_kept_without_notifications(self, world: World) -> None:
        ticket = mails(world, passed=frozenset({DMARC}))
        assert ticket
        for _ in range(25):
            assert mails(world, to=customers_address(ticket), passed=frozenset({DMARC})) is None
        kept = list(world.store.messages.values())
        assert len(kept) == 25
        assert {message.visibility for message in kept} == {Visibility.SHARED}
        assert [message.outbox is None for message in kept] == [False] * 20 + [True] * 5
        assert world.store.tickets[ticket.ref].clock("first_answer")


def test_a_ticket_quarantined_by_a_limit_is_acknowledged_on_release(world: World) -> None:
    quarantined = [posts(world) for _ in range(11)][-1]
    assert quarantined.suspicions == (Suspicion.TOO_MANY,)
    change = replying.release_from_quarantine(quarantined, world.shop, world.clock(), ADA)
    assert change.ticket
    assert confirmed([change.ticket]) == 1


def test_a_ticket_that_failed_authentication_is_not_acknowledged_on_release(world: World) -> None:
    forged = mails(world, failed={DMARC, SPAM}, policy="reject")
    assert forged
    assert forged.state is State.QUARANTINED
    change = replying.release_from_quarantine(forged, world.shop, world.clock(), ADA)
    assert change.ticket
    assert (change.ticket.state, confirmed([change.ticket])) == (State.OPEN, 0)


class TestCounted:
    """Every effect of a limit is measured and logged, without naming anybody."""

    @pytest.fixture
    def counted(self, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
        found = Counter[str]()
        monkeypatch.setattr(limiting, "measure", lambda name: found.update([name]))
        return found

    def test_replies_beyond_the_limit_are_measured(self, world: World, counted: Counter[str]) -> None:
        ticket = agents.opened(world)
        limit = world.shop.limits.replies_hour
        for number in range(limit + 2):
            limiting.may_say(world.deps, world.shop, ticket, limiting.caller("192.0.2.1"), f"{number}")
        assert counted == {limiting.REPLIES: 2}

    def test_refused_uploads_and_sign_in_mails_are_measured(self, world: World, counted: Counter[str]) -> None:
        for number in range(8):
            limiting.sign_in(world.deps, ADA, f"192.0.2.{number}")
        assert counted == {limiting.LEFT_OUT: 2}
        with pytest.raises(RateLimited):
            for _ in range(9):
                limiting.sign_in(world.deps, VERA, "192.0.2.99")
        with pytest.raises(RateLimited):
            for _ in range(100_000):
                limiting.upload(world.deps, world.shop, "192.0.2.99")
        assert counted == {limiting.LEFT_OUT: 2, limiting.REFUSED: 2}

    def test_quarantined_tickets_and_omitted_acknowledgements_are_measured(
        self, world: World, counted: Counter[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        tickets = [posts(world) for _ in range(world.shop.limits.per_address_hour + 1)]
        assert counted[limiting.KEPT_QUARANTINE] == 1
        assert counted[limiting.LEFT_OUT] == len(tickets) - 1 - confirmed(tickets)
        assert VERA not in caplog.text
