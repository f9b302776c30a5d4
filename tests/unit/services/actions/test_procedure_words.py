"""The program does what the mails of the complaint procedure promise: dates, the ways to continue, the assignee."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rendering import words
from chalicelib.rules.tickets.messages import Event
from chalicelib.rules.tickets.procedure_facts import Claim
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.customer import customer_page
from chalicelib.services.desk import ticket_view
from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.mails import MailReceived
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA, SWIFT, TOM, acts
from tests.support.mail_events import DUE, resolve
from tests.support.store.fakes import START, World, written

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONGER, CLOSES = "If we need longer", "If we do not hear from you by"
RIGHTS, INDEPENDENT = "Your right to go to court", "independent"


def says(world: World, to: str = MIRA) -> str:
    """The latest mail, with its lines joined."""
    agents.stream(world)
    return " ".join(world.mailer.to(to)[-1].text.split())


def runs(world: World) -> None:
    look_after_due(world.deps)
    agents.stream(world)


class TestIfWeNeedLonger:
    @pytest.mark.parametrize("kind", ["question", "complaint", "warranty", "return", "data_request"])
    def test_an_extension_is_mentioned_if_the_policy_allows_one(self, world: World, kind: str) -> None:
        world.store.commit(Change(samples.ticket(samples.REF, world.clock(), kind=kind)))
        assert (LONGER in says(world)) is (world.shop.kinds[kind].extension is not None)

    def test_an_extension_is_not_mentioned_once_it_was_used(self, world: World) -> None:
        agents.opened(world)
        acts(world, "ask", text="Which shade?")
        assert LONGER in says(world)
        acts(world, "extend", by="30 days", reason="The shade has to be made.")
        agents.stream(world)
        acts(world, "instruct", text="Wrap it well.")
        assert LONGER not in says(world)
        acts(world, "refer", to="swiftparcel", text="Where is it?")
        said = says(world)
        assert LONGER not in said
        assert words.moment(resolve(world).due, world.shop.timezone, "en")[:-7] in said

    def test_no_past_date_is_named(self, world: World) -> None:
        agents.opened(world)
        world.clock.at = DUE + DAY
        acts(world, "ask", text="Which shade?")
        said = says(world)
        assert "You have our final answer by" not in said
        assert LONGER not in said


class TestAutomaticClosing:
    @pytest.mark.parametrize("action", ["answer", "ask"])
    def test_automatic_closing_is_announced(self, world: World, action: str) -> None:
        agents.opened(world, kind="question")
        acts(world, action, text="Which lamp is it?")
        said = says(world)
        assert f"{CLOSES} {words.moment(START + 7 * DAY, world.shop.timezone, 'en')[:-7]}" in said
        assert "A reply from you opens it again." in said

    def test_no_reopening_is_promised_if_a_reply_opens_a_new_ticket(self, world: World) -> None:
        world.with_shop(reopen_days=0)
        agents.opened(world, kind="question")
        acts(world, "answer", text="Yes.")
        assert "a reply begins a new one" in says(world)

    def test_a_ticket_that_stays_open_announces_no_closing(self, world: World) -> None:
        agents.opened(world)
        acts(world, "answer", text="We are looking into it.")
        assert CLOSES not in says(world)


class TestRemedies:
    def test_a_remedy_done_before_the_final_answer_is_mentioned_as_done(self, world: World) -> None:
        agents.opened(world)
        acts(world, "remedy", remedy_kind="refund", owed_by="seller")
        acts(world, "remedy_done")
        assert "within 30 days" not in says(world)  # the ticket is open, so a reply need not reopen it
        acts(world, "conclude", outcome="upheld", text="You are right.", settled="yes")
        said = says(world)
        assert "Done on 25 November 2026" in said
        assert "By when" not in said

    def test_after_the_final_answer_a_done_remedy_offers_reopening_by_reply(self, world: World) -> None:
        agents.opened(world)
        acts(world, "remedy", remedy_kind="refund", owed_by="seller")
        acts(world, "conclude", outcome="upheld", text="You are right.", settled="yes")
        assert "By when" in says(world)
        acts(world, "remedy_done")
        assert "within 30 days, and we take it up again" in says(world)

    def test_a_shop_without_reopening_asks_for_no_reply(self, world: World) -> None:
        world.with_shop(reopen_days=0)
        agents.opened(world)
        acts(world, "remedy", remedy_kind="refund", owed_by="seller")
        acts(world, "conclude", outcome="upheld", text="You are right.", settled="yes")
        for said in (says(world), acts(world, "remedy_done") and says(world)):
            assert "a reply begins a new one" in said
            assert "within 0 days" not in said

    def test_a_return_the_customer_owes_is_not_shown_as_our_promise(self, world: World) -> None:
        agents.opened(world)
        acts(world, "remedy", remedy_kind="return", owed_by="customer")
        shown = customer_page.view(world.deps, agents._page(world)).promises
        assert world.store.only_ticket().clock("remedy")
        assert "remedy" not in [promise["label_key"] for promise in shown]


class TestFinalAnswer:
    def named(self, world: World, **changes: Any) -> tuple[str, tuple[str, ...]]:
        agents.opened(world, **changes)
        acts(world, "conclude", outcome="not_upheld", text="It works.")
        said = says(world)
        answer = world.store.only_ticket().final_answer
        assert answer
        assert answer.bodies
        return said, answer.named

    def test_without_a_dispute_body_the_courts_are_still_named(self, world: World) -> None:
        said, named = self.named(world, country="CH")
        assert RIGHTS in said
        assert (INDEPENDENT in said, named) == (False, ())

    @pytest.mark.parametrize("kind", ["question", "feedback"])
    def test_a_kind_without_own_bodies_has_those_for_complaints(self, world: World, kind: str) -> None:
        said, named = self.named(world, kind=kind)
        assert named == ("Universalschlichtungsstelle des Bundes",)
        assert named[0] in said

    def test_a_settled_answer_sent_late_names_the_bodies_and_records_it(self, world: World) -> None:
        agents.opened(world)
        world.clock.at = DUE - timedelta(minutes=3)
        acts(world, "conclude", outcome="upheld", text="You are right.", settled="yes")
        world.clock.at = DUE + 6 * HOUR
        assert INDEPENDENT in says(world)
        answer = world.store.only_ticket().final_answer
        assert answer
        assert (answer.bodies, answer.named) == (True, ("Universalschlichtungsstelle des Bundes",))

    def test_the_record_matches_the_mail_even_if_the_promise_breaks_between(self, world: World) -> None:
        agents.opened(world)
        world.clock.at = DUE - timedelta(seconds=2)
        acts(world, "conclude", outcome="upheld", text="You are right.", settled="yes")

        def slow(recipient: str) -> None:
            world.clock.advance(seconds=5)

        world.mailer.on_send = slow
        assert INDEPENDENT not in says(world)
        answer = world.store.only_ticket().final_answer
        assert answer
        assert (answer.bodies, answer.named) == (False, ())
        assert world.clock() > DUE

    def test_instructions_sent_together_with_it_do_not_reopen_the_ticket(self, world: World) -> None:
        agents.opened(world)
        acts(world, "conclude", outcome="upheld", text="You are right.", settled="yes")
        world.clock.advance(seconds=5)
        acts(world, "instruct", text="Wrap it well.")
        agents.stream(world)
        assert world.store.only_ticket().state == "closed"


class TestExtension:
    def test_a_notice_too_late_to_send_moves_nothing_and_agents_are_mailed(self, world: World) -> None:
        agents.opened(world)
        world.clock.at = DUE - timedelta(minutes=3)
        acts(world, "extend", by="20 days", reason="The shade has to be made.")
        world.clock.at = DUE + 6 * HOUR
        agents.stream(world)
        assert resolve(world).due == DUE
        assert world.mailer.to(MIRA) == []
        assert "was not sent" in says(world, ADA)
        assert "broken by now" in says(world, ADA)
        (given,) = world.store.only_ticket().extensions
        assert (given.told_at, given.failed_at) == (None, world.clock())
        assert "extension" not in [entry["event"] for entry in agents.customer_reads(world)]


class TestEscalation:
    def test_the_mail_names_the_silent_third_party(self, world: World) -> None:
        agents.opened(world)
        acts(world, "refer", to="swiftparcel", text="Where is it?")
        acts(world, "refer", to="lumenworks", text="Is it yours?")
        agents.stream(world)
        silent = []
        for _ in range(14):
            world.clock.advance(days=1)
            runs(world)
            silent += [m.text for m in world.mailer.to(ADA) if "third party" in m.mail["Subject"]]
            world.mailer.sent.clear()
        assert any("SwiftParcel" in text for text in silent)

    def test_the_mail_names_the_owed_remedy(self, world: World) -> None:
        agents.opened(world)
        acts(world, "remedy", remedy_kind="refund", carried_out_by="courier", note="20 EUR")
        acts(world, "close", outcome="settled", reason="By telephone.")
        world.clock.advance(days=15)
        runs(world)
        said = says(world, ADA)
        assert "What is owed: Refund, by: Us. The courier" in said
        assert "20 EUR" in said

    def test_new_and_former_assignee_are_told_once_of_the_handover(self, world: World) -> None:
        agents.opened(world)
        acts(world, "assign", to=ADA)
        first = world.store.only_ticket().clock("first_answer")
        assert first
        handed, left = 0, 0
        for day in range(4):
            world.clock.at = first.due + day * DAY + HOUR
            runs(world)
            handed += sum("handed to you" in mail.text for mail in world.mailer.to(TOM))
            left += sum("handed to Tom Berger" in mail.text for mail in world.mailer.to(ADA))
            world.mailer.sent.clear()
        assert (handed, left) == (1, 1)


class TestWarranty:
    def test_photos_sent_later_are_not_asked_for_again(self, world: World) -> None:
        agents.opened(world, kind="warranty", claim=Claim(date(2026, 1, 1), "Polaris", "P-77"))
        mail = written("Mira Holm <mira.holm@example.com>", f"Re: [{samples.REF}]", "Here it is.\n", Message_ID="<p@p>")
        mail.add_attachment(b"xx", maintype="image", subtype="jpeg", filename="shade.jpg")
        receive(world.deps, MailReceived(world.arrives(mail), ("care@help.northlight.example",)))
        acts(world, "ask", text="When did it break?")
        assert "photo of what is wrong" not in says(world)
        loaded = ticket_view.load(world.deps, samples.REF, ["northlight"])
        assert ticket_view.view(world.deps, loaded, samples.inbound().person, "en", "").offers.lacking == ()

    def test_a_ticket_with_an_implausible_stored_date_opens_at_the_desk(self, world: World) -> None:
        agents.opened(world, kind="warranty", claim=Claim(date(9998, 1, 1), "Polaris", "P-77"))
        loaded = ticket_view.load(world.deps, samples.REF, ["northlight"])
        assert ticket_view.view(world.deps, loaded, samples.inbound().person, "en", "").offers.cover

    @pytest.mark.parametrize(
        ("said", "problem"),
        [("2031-01-01", "not_bought_then"), ("1949-12-31", "not_bought_then"), ("9999-12-31", "no_date")],
    )
    def test_an_agent_cannot_enter_an_implausible_purchase_date(self, world: World, said: str, problem: str) -> None:
        agents.opened(world, kind="warranty")
        with pytest.raises(InvalidEvent) as caught:
            acts(world, "claim", purchased=said, product="Polaris")
        assert caught.value.sentences == {"purchased": words.phrase("en", f"problem.{problem}")}


class TestAfterThePolicyChanged:
    def test_removed_topics_third_parties_and_agents_block_nothing(self, world: World) -> None:
        agents.opened(world, topic="damaged_in_transit")
        acts(world, "refer", to="swiftparcel", text="Where is it?", facts=["topic"])
        acts(world, "assign", to=ADA)
        agents.stream(world)
        others = tuple(agent for agent in world.shop.agents if agent.address != ADA)
        world.with_shop(topics=(), third_parties=(), bodies=(), agents=others)
        for _ in range(8):
            world.clock.advance(days=1)
            assert look_after_due(world.deps)["left"] == 0
            agents.stream(world)
        assert [mail for mail in world.mailer.to(SWIFT) if "Reminder" in mail.mail["Subject"]]
        agents.customer_writes(world)
        acts(world, "answer", agent=TOM, text="We are looking into it.")
        acts(world, "conclude", agent=TOM, outcome="upheld", text="You are right.")
        assert RIGHTS in says(world)
        loaded = ticket_view.load(world.deps, samples.REF, ["northlight"])
        assert ticket_view.view(world.deps, loaded, samples.inbound().person, "en", "")

    def test_a_removed_shops_ticket_does_not_block_the_others(self, world: World) -> None:
        agents.opened(world)
        gone = "NL-22222-22222"
        agents.opened(world, gone)
        world.store.tickets[gone] = replace(world.store.tickets[gone], shop="gone")
        world.clock.advance(days=3)
        done = look_after_due(world.deps)
        assert done["left"] == 1
        assert agents.message(world, Event.ESCALATION).ref == samples.REF
