"""What a ticket's page at the desk shows: the conversation, the promises, the log in words, and the possible
actions."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import UnknownFile, UnknownTicket
from chalicelib.mail.inbound import MarkCode
from chalicelib.rendering import words
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.policy.promises import DeskTerms
from chalicelib.rules.procedure import replying
from chalicelib.rules.tickets.clocks import CLOSE, QUARANTINE, RETAIN
from chalicelib.rules.tickets.inbox_keys import clock_in_inbox
from chalicelib.rules.tickets.log import Action, Detail, DetailCode
from chalicelib.rules.tickets.messages import Event, File, Person
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.remarks import VERDICTS, Remark, Suspicion
from chalicelib.rules.tickets.ticket import Change, LogEntry
from chalicelib.services.actions import contacts, unseen_messages
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.desk import conversation, log_lines, ticket_view
from chalicelib.services.desk.ticket_view import TicketView
from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.mails import MailReceived
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA, TOM, acts
from tests.support.store.fakes import START, World, written

OTHER, THIRD = "NL-7K3F9-QXMT3", "NL-7K3F9-QXMT4"


def view(world: World, ref: str = samples.REF, *, seen: str | None = None, original: str = "") -> TicketView:
    loaded = ticket_view.load(world.deps, ref, ["northlight"])
    return ticket_view.view(world.deps, loaded, Person("Ada", ADA), "en", "/api", seen=seen, original=original)


def says(world: World, text: str = "Any news?", **changes: object) -> str:
    """The customer writes; return the id of the message."""
    ticket = world.store.tickets[samples.REF]
    world.clock.advance(minutes=1)
    change = samples.reply(ticket, f"reply{len(world.store.messages):03}", world.clock(), text=text, **changes)
    world.store.commit(change)
    return samples.message_of(change).id


class TestLoading:
    def test_a_missing_ticket_and_another_shops_ticket_give_the_same_answer(self, world: World) -> None:
        agents.opened(world)
        with pytest.raises(UnknownTicket):
            ticket_view.load(world.deps, samples.REF, ["kettle"])
        with pytest.raises(UnknownTicket):
            ticket_view.load(world.deps, OTHER, ["northlight"])

    def test_the_original_of_a_missing_message_is_refused(self, world: World) -> None:
        agents.opened(world)
        with pytest.raises(UnknownFile):
            view(world, original="none")


class TestConversation:
    def test_the_opening_comes_first_and_each_entry_has_a_name(self, world: World) -> None:
        agents.opened(world)
        says(world)
        world.clock.advance(minutes=1)
        acts(world, "note", text="A regular.")
        entries = view(world).entries
        assert [(entry.name, entry.internal) for entry in entries] == [
            ("Mira Holm", False), ("Mira Holm", False), (world.shop.agent(ADA).name, True),  # type: ignore[union-attr]
        ]  # fmt: skip

    def test_a_thread_of_two_hundred_is_folded_except_for_its_ends(self, world: World) -> None:
        agents.opened(world)
        for number in range(200):
            says(world, f"Message {number} and more of it " * 20)
        entries = view(world).entries
        assert len(entries) == 201
        assert [entry.folded for entry in entries] == [False, *[True] * 194, *[False] * 6]
        assert entries[1].snippet.startswith("Message 0 and more")
        assert len(entries[1].snippet) <= 120

    def test_requested_and_new_messages_are_not_folded(self, world: World) -> None:
        agents.opened(world)
        ids = [says(world, f"Message {number}") for number in range(20)]
        seen = unseen_messages.seen(world.store.conversation(samples.REF)[1])
        ids += [says(world, f"Message {number}") for number in range(20, 30)]
        shown = view(world, original=ids[3], seen=seen)
        assert [entry.key for entry in shown.entries if not entry.folded] == ["opening", ids[3], *ids[20:]]
        assert shown.newer

    def test_a_short_thread_is_not_folded(self, world: World) -> None:
        agents.opened(world)
        for _ in range(11):
            says(world)
        assert not any(entry.folded for entry in view(world).entries)

    def test_of_five_thousand_lines_only_the_beginning_is_shown(self, world: World) -> None:
        text = "\n".join(f"line {number}" for number in range(5000))
        agents.opened(world, text=text)
        (entry,) = view(world).entries
        assert entry.text.count("\n") < 50
        assert entry.hidden == 5000 - entry.text.count("\n") - 1
        assert f"{entry.text}\n{entry.rest}" == text

    @given(st.text(alphabet="ab \n", max_size=800).map(lambda text: text * 20))
    def test_folding_loses_no_words(self, text: str) -> None:
        begun, rest = conversation.folded(text)
        assert "".join((begun + rest).split()) == "".join(text.split())
        assert not rest or len(begun) <= conversation.SHOWN_CHARACTERS
        assert begun.count("\n") < conversation.SHOWN_LINES * 1.2

    def test_of_a_megabyte_of_text_only_a_part_is_on_the_page(self, world: World) -> None:
        agents.opened(world)
        for number in range(20):
            says(world, f"{number} " + "x" * 100_000)
        entries = view(world).entries
        assert sum(len(entry.text) + len(entry.rest) for entry in entries) < 1_100_000
        assert [entry.cut for entry in entries[1:]] == [True] * 11 + [False] * 9

    def test_each_entry_shows_the_status_of_its_mails(self, world: World) -> None:
        agents.opened(world)
        acts(world, "answer", text="It comes tomorrow.")
        agents.stream(world)
        opening, answer = view(world).entries
        assert [mail.purpose for mail in opening.mails] == [Purpose.ACKNOWLEDGEMENT]
        assert {mail.purpose for mail in opening.notices} == {Purpose.NOTIFICATION_NEW}
        assert [(mail.to, mail.status) for mail in answer.mails] == [(MIRA, "sent")]

    def test_referrals_and_extensions_carry_their_details(self, world: World) -> None:
        agents.opened(world)
        acts(world, "refer", to="swiftparcel", text="Where is it?")
        acts(world, "extend", by="10 days", reason="The shade has to be made.")
        by_event = {entry.message.event: entry.detail for entry in view(world).entries}
        ticket = world.store.tickets[samples.REF]
        assert by_event[Event.REFERRAL] == ticket.referrals[0]
        assert by_event[Event.EXTENSION] == ticket.extensions[0]

    def test_messages_of_merged_tickets_are_marked(self, world: World) -> None:
        agents.opened(world)
        agents.opened(world, OTHER, text="The other matter")
        acts(world, "merge", into=OTHER)
        keys = {entry.key: entry for entry in view(world, OTHER).entries}
        assert set(keys) == {"opening", f"{samples.REF}/opening"}
        assert keys[f"{samples.REF}/opening"].mails == ()  # not marked: the ticket's own
        assert keys["opening"].text == "The other matter"
        assert view(world, OTHER, original=f"{samples.REF}/opening").whole


class TestPromises:
    def test_the_next_due_promise_comes_first_and_kept_ones_last(self, world: World) -> None:
        agents.opened(world)
        promises = view(world).promises
        assert [(p.name, p.left is not None) for p in promises] == [
            ("first_answer", True), ("resolve", True), ("acknowledge", False),
        ]  # fmt: skip
        assert view(world).pressing == promises[0]
        assert all(promise.explained for promise in promises)

    @pytest.mark.parametrize("verdict", [Suspicion.HASTY, *sorted(VERDICTS)])
    def test_a_quarantined_ticket_shows_no_promise_in_header_and_box(self, world: World, verdict: str) -> None:
        agents.opened(world, suspicions=(verdict,))
        shown = view(world)
        assert [promise.name for promise in shown.promises] == [QUARANTINE]
        assert shown.pressing is None
        acts(world, "release_from_quarantine")
        released = view(world)
        assert released.pressing == released.promises[0]
        assert {promise.name for promise in released.promises} == {"acknowledge", "first_answer", "resolve"}

    def test_a_return_the_customer_owes_is_not_the_pressing_promise(self, world: World) -> None:
        agents.opened(world)
        acts(world, "answer", text="It comes tomorrow.")
        acts(world, "remedy", remedy_kind="return", owed_by="customer")
        ticket = world.store.tickets[samples.REF]
        pressing, listed = view(world).pressing, clock_in_inbox(ticket)
        assert (pressing.name if pressing else "") == (listed.name if listed else "")
        assert not pressing or pressing.name != "remedy"

    def test_a_broken_promise_is_late(self, world: World) -> None:
        agents.opened(world)
        world.clock.at = START + timedelta(days=3)
        pressing = view(world).pressing
        assert pressing
        assert pressing.late
        assert pressing.left
        assert pressing.left.tone == "late"

    def test_a_paused_promise_shows_no_time_left(self, world: World) -> None:
        agents.opened(world)
        acts(world, "ask", text="Could you send a photo?")
        paused = [promise for promise in view(world).promises if promise.clock.paused_at]
        assert [promise.left for promise in paused] == [None] * len(paused)

    def test_a_referral_clock_names_its_party_and_automatic_closing_comes_last(self, world: World) -> None:
        agents.opened(world, kind="question")
        acts(world, "refer", to="swiftparcel", text="Where is it?")
        assert [p.party for p in view(world).promises if p.name == "referral"] == ["SwiftParcel"]
        acts(world, "end_referral", number=1, reason="They called.")
        acts(world, "answer", text="On Friday.")
        names = [p.name for p in view(world).promises if p.left]
        assert names[-1] in (CLOSE, RETAIN)


class TestLog:
    def test_the_latest_entry_comes_first_in_words(self, world: World) -> None:
        agents.opened(world)
        world.clock.advance(hours=1)
        acts(world, "assign", to=TOM)
        world.clock.advance(hours=1)
        acts(world, "find", fault="courier", reason="The box was dented.")
        tom = world.shop.agent(TOM)
        assert tom
        assert [(line.what, line.detail) for line in view(world).log] == [
            ("found at fault", "The courier"), ("assigned it", tom.name), ("opened it", "Form"),
        ]  # fmt: skip

    @pytest.mark.parametrize("language", words.languages())
    def test_every_suspicion_has_words(self, language: str) -> None:
        assert {f"desk.ticket.suspicion.{suspicion}" for suspicion in Suspicion} <= set(words.book(language))
        assert {f"desk.ticket.remark.{remark}" for remark in Remark} <= set(words.book(language))

    @pytest.mark.parametrize("language", words.languages())
    def test_every_mark_of_automatic_mail_has_words(self, language: str) -> None:
        assert set(words.under(language, "desk.ticket.mark")) == set(MarkCode)

    @pytest.mark.parametrize("language", words.languages())
    @pytest.mark.parametrize("action", Action)
    def test_every_action_has_words(self, world: World, action: Action, language: str) -> None:
        entry = LogEntry(START, "customer", action)
        (line, _) = log_lines.lines(world.shop, samples.ticket(), [entry], START, language)
        assert line.what == words.book(language)[f"desk.ticket.log.{action.replace(' ', '_')}"]

    @pytest.mark.parametrize("language", words.languages())
    def test_a_release_entry_says_why_the_ticket_was_quarantined(self, world: World, language: str) -> None:
        ticket = agents.opened(world, suspicions=tuple(Suspicion))
        (entry,) = replying.release_from_quarantine(ticket, world.shop, world.clock(), ADA).log
        (line, _) = log_lines.lines(world.shop, ticket, [entry], START, language)
        book = words.book(language)
        assert line.detail == "; ".join(str(book[f"desk.ticket.suspicion.{each}"]) for each in Suspicion)

    def test_an_undeliverable_entry_says_which_mail_and_why(self, world: World) -> None:
        details = (Detail(DetailCode.PURPOSE, "acknowledgement"), Detail(DetailCode.STATUS, "5.1.1"))
        entry = LogEntry(START, "aftercare", Action.MAIL_BOUNCED, details)
        (line, _) = log_lines.lines(world.shop, samples.ticket(), [entry], START, "en")
        assert (line.what, line.detail) == ("a mail bounced", "Confirmation: 5.1.1")

    def test_a_former_agent_is_shown_by_address(self, world: World) -> None:
        ticket = samples.ticket()
        entry = LogEntry(START, "gone@northlight.example", Action.NOTED)
        (line, _) = log_lines.lines(world.shop, ticket, [entry], START, "en")
        assert line.who == "gone@northlight.example"


class TestAround:
    def test_the_customers_other_tickets_are_listed_newest_first(self, world: World) -> None:
        agents.opened(world)
        for number in range(3):
            world.clock.advance(hours=1)
            agents.opened(world, f"NL-AAAAA-0000{number}")
        agents.opened(world, "NL-BBBBB-00000", person=Person("Jo", "jo@example.com"))
        assert [other.ref for other in view(world).other_tickets] == [f"NL-AAAAA-0000{n}" for n in (2, 1, 0)]

    def test_tickets_without_an_address_are_siblings_by_their_number(self, world: World) -> None:
        for ref in (samples.REF, OTHER):
            agents.opened(world, ref, person=Person("Mira", "", "030 1234"))
        assert [other.ref for other in view(world).other_tickets] == [OTHER]

    def test_tickets_with_neither_an_address_nor_a_number_have_no_siblings(self, world: World) -> None:
        for ref in (samples.REF, OTHER):
            agents.opened(world, ref, person=Person("Mira", ""))
        assert view(world).other_tickets == []

    def test_replies_that_can_be_filled_in_are_offered(self, world: World) -> None:
        agents.opened(world)
        ids = {reply.id for reply in view(world).offers.replies}
        assert {"damaged_in_transit", "ask_photo"} <= ids
        assert "late" not in ids  # another topic's

    def test_a_reply_with_a_missing_fact_is_not_offered(self, world: World) -> None:
        agents.opened(world, topic="late")
        assert "late" in {reply.id for reply in view(world).offers.replies}
        agents.opened(world, OTHER, topic="late", order_number=None)
        assert "late" not in {reply.id for reply in view(world, OTHER).offers.replies}

    def test_facts_for_a_third_party_are_shown_with_their_values(self, world: World) -> None:
        agents.opened(world)
        facts = {fact.id: fact.value for fact in view(world).offers.facts}
        assert facts["order_number"] == "NL-2026-204117"
        assert facts["message"].startswith("The lamp I ordered")
        assert len(facts["message"]) < 90
        assert "attachments" not in facts  # files are ticked one by one
        assert view(world).offers.files == ()

    def test_an_extension_is_offered_up_to_its_limit(self, world: World) -> None:
        agents.opened(world)
        offered = view(world).offers.extension
        assert offered.earliest
        assert offered.latest
        assert offered.earliest <= offered.latest
        assert acts(world, "extend", until=offered.latest.isoformat(), reason="So")["done"]
        assert view(world).offers.extension.refused == "extension_under_way"

    @pytest.mark.parametrize("agreements", [False, True])
    def test_the_page_costs_few_requests(self, world: World, agreements: bool) -> None:
        world.with_shop(desk=DeskTerms(agreements=agreements))
        agents.opened(world)
        world.store.requests.clear()
        view(world)
        # the conversation, the log, their other tickets, the order, and the agreement where the policy has any
        assert world.store.requests == ["read"] * (4 + agreements)


class TestRawMails:
    def received(self, world: World) -> str:
        """A ticket opened by mail, its reference."""
        mail = written(text="New words\n\nOn Monday, Ada wrote:\n> Old words\n", Cc="Jo <jo@example.com>")
        mail.add_alternative("<p>New words</p><script>alert(1)</script>", subtype="html")
        receive(world.deps, MailReceived(world.arrives(mail), ("care@help.northlight.example",)))
        return world.store.only_ticket().ref

    def test_a_raw_mail_is_shown_with_its_headers(self, world: World) -> None:
        shown = view(world, self.received(world), original="opening").whole
        assert shown
        fields = dict(shown.fields)
        assert fields["from"] == "Mira Holm <mira@example.com>"
        assert fields["cc"] == "Jo <jo@example.com>"
        assert "Old words" in shown.text
        assert shown.html is not None
        assert "script" not in shown.html

    def test_a_raw_mail_can_be_downloaded(self, world: World) -> None:
        ref = self.received(world)
        loaded = ticket_view.load(world.deps, ref, ["northlight"])
        link = ticket_view.file_link(world.deps, *loaded, "opening", ticket_view.RAW)
        assert f"as={ref}.eml" in link

    def test_a_form_has_no_raw_mail_but_its_whole_text(self, world: World) -> None:
        agents.opened(world)
        loaded = ticket_view.load(world.deps, samples.REF, ["northlight"])
        with pytest.raises(UnknownFile):
            ticket_view.file_link(world.deps, *loaded, "opening", ticket_view.RAW)
        shown = view(world, original="opening").whole
        assert shown
        assert (shown.text, shown.html) == (samples.WORDS, None)

    def test_a_text_over_the_limit_is_shown_whole_on_request(self, world: World) -> None:
        world.files.keep("tickets/x/text", b"All of it " * 10_000, "text/plain")
        inbound: Inbound = samples.inbound(text="All of it", text_key="tickets/x/text")
        world.store.commit(Change(samples.ticket(text=inbound.text, text_key=inbound.text_key)))
        (entry,) = view(world).entries
        assert entry.cut
        shown = view(world, original="opening").whole
        assert shown
        assert shown.text == "All of it " * 10_000


class TestPhones:
    def calls(self, world: World, phone: str, **person: str) -> None:
        said = {
            "channel": "phone",
            "direction": "in",
            "notes": "Where is it?",
            "reference": samples.REF,
            "phone": phone,
        }
        idempotency_key = f"{phone}{person}"
        contacts.log_contact(world.deps, world.shop, ActionInput(said | person, Person("Ada", ADA)), idempotency_key)

    def test_a_contacts_number_is_listed_on_the_ticket_latest_first(self, world: World) -> None:
        agents.opened(world, person=Person("Mira Holm", MIRA, "030 901820"))
        assert view(world).phones == [("030 901820", "030901820")]
        self.calls(world, "0171 5550199")
        self.calls(world, "+49 (0)30 901820")
        assert view(world).phones == [("+49 (0)30 901820", "+4930901820"), ("0171 5550199", "01715550199")]
        self.calls(world, "0171/555 01 99")
        assert [noted for noted, _ in view(world).phones] == ["0171/555 01 99", "+49 (0)30 901820"]
        self.calls(world, "as on her card")
        assert view(world).phones[0] == ("as on her card", "")

    def test_another_persons_number_is_shown_at_their_message(self, world: World) -> None:
        agents.opened(world)
        self.calls(world, "0171 5550199", name="Her sister")
        shown = view(world)
        assert shown.phones == []
        assert shown.entries[-1].message.person.phone == "0171 5550199"


class TestFilesForOthers:
    def file(self, name: str) -> File:
        return File(f"1-{name}", f"{name}.jpg", "image/jpeg", 1234, f"tickets/{samples.REF}/{name}")

    def test_only_files_of_messages_the_customer_sees_can_be_ticked(self, world: World) -> None:
        agents.opened(world, files=(self.file("first"),))
        says(world, files=(self.file("later"),))
        ticket = world.store.tickets[samples.REF]
        letter = samples.inbound(files=(self.file("secret"),), text="For you alone.")
        world.store.commit(
            replying.kept_internal(ticket, "inside", letter, samples.context(world.clock()), Remark.EMPTY)
        )
        offered = view(world).offers.files
        assert [(file.filename, file.by) for file in offered] == [
            ("first.jpg", "Mira Holm"),
            ("later.jpg", "Mira Holm"),
        ]
        assert len({file.id for file in offered}) == 2
        assert all(file.at for file in offered)

    def test_of_merged_tickets_only_the_same_customers_files_are_offered(self, world: World) -> None:
        agents.opened(world, files=(self.file("first"),))
        agents.opened(world, OTHER, files=(self.file("second"),))
        agents.opened(world, THIRD, files=(self.file("anothers"),), person=Person("Jon", "jon@example.com"))
        acts(world, "merge", OTHER, into=samples.REF)
        acts(world, "merge", THIRD, into=samples.REF, anyway=True)
        assert {file.filename for file in view(world).offers.files} == {"first.jpg", "second.jpg"}
