"""A ticket's page at the desk, as in agents' browsers: every action works by its form, once, and only for this shop's
agents."""

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any, ClassVar, cast

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from chalicelib import wiring
from chalicelib.errors import InvalidFields
from chalicelib.rendering import replies, words
from chalicelib.rules.calls import booking
from chalicelib.rules.identity import derived
from chalicelib.rules.policy.model import DeskTerms, Shop
from chalicelib.rules.procedure import replying
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.log import Action, Detail, DetailCode, reason_detail
from chalicelib.rules.tickets.messages import File, Message, Person, Reached
from chalicelib.rules.tickets.procedure_facts import Outcome, Rating
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Change, LogEntry, Priority, State, Ticket, evolve
from chalicelib.services.actions import acting
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.actions import ACTIONS
from chalicelib.services.actions.agent_action import UNSEEN, AgentAction, Field, Kind, Rule
from chalicelib.services.actions.answers.agreeing import AGREEMENTS
from chalicelib.services.actions.answers.held_answers import HELD_ANSWERS
from chalicelib.services.desk import plain_forms
from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.tickets import indexing, links
from chalicelib.web.desk import pages
from tests.support import samples
from tests.support.samples import AUTOMATIC
from tests.support.store.fakes import PUBLIC_URL, written
from tests.support.web.browsing import Answer, Browser, first, page
from tests.support.web.visitors import OURS, Around, Visitor, signed_in, surroundings

ADA, TOM, ROBIN = "ada@northlight.example", "tom@northlight.example", "robin@kettle.example"
DONE: dict[str, dict[str, str]] = {
    "offer_publication": {"sku": "LAMP-1", "question": "Does it dim?", "text": "Yes, with every dimmer."},
    "take_down": {},
    "confirm_identity": {},
    "unconfirm_identity": {"reason": "They wrote that it was somebody else."},
    "answer": {"text": "It comes tomorrow."},
    "ask": {"text": "Could you send a photo?"},
    "note": {"text": "A regular."},
    "assign": {"to": TOM},
    "prioritise": {"priority": "high"},
    "change": {"kind": "complaint", "topic": "faulty", "order_number": "NL-1", "country": "AT"},
    "extend": {"until": "2027-01-10", "reason": "The shade has to be made."},
    "refer": {"to": "swiftparcel", "fact-order_number": "yes", "fact-topic": "yes", "text": "Where is it?"},
    "end_referral": {"number": "1", "reason": "They called."},
    "find": {"fault": "courier", "reason": "The box was dented."},
    "remedy": {"remedy_kind": "replacement", "carried_out_by": "courier", "note": "a new shade"},
    "remedy_done": {"text": "It is on its way.", "tell": "yes"},
    "instruct": {"text": "Put it in its box."},
    "claim": {"purchased": "2026-01-03", "product": "Lamp", "serial": "77"},
    "delivered": {"delivered": "2026-01-03"},
    "goods_sent": {},
    "goods_back": {},
    "conclude": {"outcome": "upheld", "text": "You are right."},
    "close": {"outcome": "settled", "reason": "By telephone."},
    "reopen": {"reason": "They called again."},
    "tag": {"tags": "glass, urgent"},
    "link": {"to": "OTHER"},
    "merge": {"into": "OTHER"},
    "split": {"message": "REPLY", "subject": "The screws"},
    "place_legal_hold": {"reason": "A lawyer wrote."},
    "lift_legal_hold": {"reason": "It is over."},
    "hide_comment": {"ground": "off_topic"},
    "spam": {},
    "release_from_quarantine": {},
    "note_objection": {"reason": "By telephone."},
    "lift_objection": {"reason": "By telephone."},
    "call_result": {"result": "reached", "notes": "All is well."},
    "send_template": {"template": "news_please_write/en"},
    "readdress": {"name": "Mira Holm", "address": "mira.right@example.com"},
    "take_back": {},
    "approve_answer": {},
    "return_answer": {"text": "Too sharp."},
}
# Actions that must be done before.
BEFORE: dict[str, list[str]] = {
    "take_down": ["offer_publication"],
    "end_referral": ["refer"], "remedy_done": ["remedy"], "reopen": ["close"], "lift_legal_hold": ["place_legal_hold"],
    "lift_objection": ["note_objection"],
}  # fmt: skip
# A form that the action refuses, and the field that gets the error.
REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "offer_publication": ({"sku": "LAMP-1", "question": "Does it dim?", "text": "Yes, Mira."}, "text"),
    "note_objection": ({"reason": ""}, "reason"),
    "lift_objection": ({"reason": " "}, "reason"),
    "answer": ({"text": " "}, "text"),
    "ask": ({"text": ""}, "text"),
    "note": ({"text": ""}, "text"),
    "assign": ({"to": "nobody@example.com"}, "to"),
    "prioritise": ({"priority": "enormous"}, "priority"),
    "change": ({"kind": "poem"}, "kind"),
    "extend": ({"until": "2026-13-45", "reason": "So"}, "until"),
    "refer": ({"to": "swiftparcel", "text": ""}, "text"),
    "find": ({"fault": "moon", "reason": "So"}, "fault"),
    "remedy": ({"remedy_kind": "cake"}, "remedy_kind"),
    "instruct": ({"text": "x" * 20_001}, "text"),
    "conclude": ({"outcome": "", "text": "So"}, "outcome"),
    "close": ({"outcome": "settled", "reason": ""}, "reason"),
    "tag": ({"tags": "x" * 41}, "tags"),
    "link": ({"to": "NL-00000-00000"}, "to"),
    "merge": ({"into": "NL-00000-00000"}, "into"),
    "split": ({"message": "none"}, "message"),
    "place_legal_hold": ({"reason": ""}, "reason"),
    "call_result": ({"result": "perhaps"}, "result"),
    "send_template": ({"template": "news_please_write/en", "text": "So."}, "text"),
    "return_answer": ({"text": " "}, "text"),
}
# One field of every kind (TestPlainForms).
FILLED = {
    "to": TOM, "kind": "complaint", "topic": "faulty", "priority": "high", "until": "2027-01-10", "by": "3 days",
    "text": "So\nit is.", "reason": "They asked.",
}  # fmt: skip
PICTURE = b"\x89PNG\r\n\x1a\n picture"
_numbers = itertools.count()


@pytest.fixture(scope="module")
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture
def ada(browser: Browser, around: Around) -> Visitor:
    return signed_in(browser, ADA)


@pytest.fixture
def ticket(around: Around) -> Ticket:
    return opened(around)


def opened(around: Around, **changes: Any) -> Ticket:
    """A ticket with its own customer: the page of a customer with many tickets is longer."""
    number = next(_numbers)
    ref = derived.reference(wiring.deps().secret, "NL", f"test {number}")
    changes = {"person": Person("Mira Holm", f"mira.{number}@example.com")} | changes
    ticket = samples.ticket(ref, around.clock(), **changes)
    wiring.deps().tickets.commit(Change(ticket))
    return ticket


def writes(around: Around, ticket: Ticket, text: str = "Any news?") -> Message:
    """The customer writes."""
    current, _ = stored(ticket)
    change = samples.reply(current, f"reply{next(_numbers)}", around.clock(), text=text)
    wiring.deps().tickets.commit(change)
    return samples.message_of(change)


def stored(ticket: Ticket) -> tuple[Ticket, list[Message]]:
    found, messages = wiring.deps().tickets.conversation(ticket.ref)
    assert found
    return found, messages


def at(ticket: Ticket, more: str = "") -> str:
    return f"/desk/t/{ticket.ref}{more}"


def form(visitor: Visitor, ticket: Ticket, action: str = "answer") -> dict[str, str]:
    """The hidden fields of a form on the page."""
    return hidden(page(visitor.get(at(ticket))), action)


def hidden(shown: LexborHTMLParser, action: str) -> dict[str, str]:
    inputs = _form(shown, action).css("input[type=hidden]")
    return {node.attributes["name"] or "": node.attributes["value"] or "" for node in inputs}


def _form(shown: LexborHTMLParser, action: str) -> LexborNode:
    (found,) = shown.css(f'form[action*="/{action}#"]')
    return found


def send(visitor: Visitor, ticket: Ticket, action: str, **values: str) -> Answer:
    """Fill in the action's form and send it from the current page."""
    shown = form(visitor, ticket)
    return visitor.post(at(ticket, f"/{action}"), shown | values)


def with_call(ticket: Ticket, around: Around) -> Ticket:
    """The ticket, which promises a call."""
    deps = wiring.deps()
    time = booking.Wanted(around.clock() + timedelta(minutes=30), None, f"SLOT#{ticket.ref}#000")
    promised = evolve(booking.booked(ticket, time, (), deps.context(deps.policy.shop(ticket.shop))))
    deps.tickets.commit(Change(promised))
    return promised


def by_whatsapp(ticket: Ticket, around: Around) -> Ticket:
    """The ticket as a WhatsApp user's, who wrote a day ago."""
    who = Person("Mira Holm", f"49152{next(_numbers):05}@whatsapp.invalid")
    said = evolve(ticket, requester=who, reached=Reached("200", around.clock() - timedelta(hours=24)))
    wiring.deps().tickets.commit(Change(said))
    return said


def prepared(visitor: Visitor, around: Around, action: str) -> tuple[Ticket, dict[str, str]]:
    """A ticket on which the action can be taken, and the fields for its form."""
    withdrawal = {"kind": "withdrawal"}
    special: dict[str, Any] = {
        "delivered": withdrawal,
        "goods_sent": withdrawal,
        "goods_back": withdrawal,
        "release_from_quarantine": {"automatic": (AUTOMATIC,)},
        "confirm_identity": {"kind": "data_request"},
        "unconfirm_identity": {"kind": "data_request"},
        **{action: {"topic": "incomplete_address"} for action in HELD_ANSWERS},
    }
    ticket = opened(around, **special.get(action, {}))
    if action == "unconfirm_identity":
        wiring.deps().tickets.commit(Change(evolve(ticket, identity_confirmed_at=around.clock())))
    if action in HELD_ANSWERS:
        said = ActionInput({"text": "It comes tomorrow."}, Person("Tom", TOM))
        acting.act(wiring.deps(), wiring.deps().policy.shop(ticket.shop), ticket.ref, "answer", said, "tom")
    if action == "call_result":
        ticket = with_call(ticket, around)
    if action == "send_template":
        ticket = by_whatsapp(ticket, around)
    told = {
        "OTHER": lambda: opened(around, person=ticket.requester).ref,
        "REPLY": lambda: writes(around, ticket).id,
    }
    if action == "hide_comment":
        rated = evolve(ticket, rating=Rating(1, "The weather!", around.clock(), may_show=True))
        wiring.deps().tickets.commit(Change(rated))
        ticket = rated
    for first_of_all in BEFORE.get(action, []):
        assert send(visitor, ticket, first_of_all, **DONE[first_of_all]).status_code == 303
    return ticket, {name: told.get(value, lambda v=value: v)() for name, value in DONE[action].items()}


class TestPage:
    def test_it_shows_the_ticket(self, ada: Visitor, around: Around, ticket: Ticket) -> None:
        writes(around, ticket, "Is there any news of the shade?")
        answer = ada.get(at(ticket))
        assert answer.status_code == 200
        shown = page(answer)
        assert ticket.subject in first(answer, "h1").text()
        assert "Is there any news of the shade?" in first(answer, ".conversation").text()
        assert len(shown.css(".conversation .msg")) == 2
        assert not shown.css("[style], style, [onclick], [onload], script:not([src])")
        ids = [node.attributes["id"] for node in shown.css("[id]")]
        assert len(ids) == len(set(ids))

    def test_a_mail_to_several_tickets_leads_to_the_others(self, ada: Visitor, around: Around, ticket: Ticket) -> None:
        deps, other = wiring.deps(), opened(around)
        letter = samples.inbound(text="We are open again.", about=other.ref)
        context = deps.context(deps.policy.shop(ticket.shop))
        deps.tickets.commit(replying.kept_internal(ticket, "several", letter, context, Remark.SEVERAL))
        link = first(ada.get(at(ticket)), ".conversation .warning a")
        assert (link.attributes["href"], link.text()) == (f"/api{at(other)}", other.ref)

    def test_every_label_and_every_error_has_its_field(self, ada: Visitor, ticket: Ticket) -> None:
        shown = page(ada.get(at(ticket)))
        ids = {node.attributes["id"] for node in shown.css("[id]")}
        assert {node.attributes["for"] for node in shown.css("label")} <= ids

    def test_there_is_a_form_for_every_action(self, ada: Visitor, around: Around) -> None:
        forms = set[str]()
        for action in DONE:
            ticket, _ = prepared(ada, around, action)
            shown = page(ada.get(at(ticket)))
            addresses = [node.attributes.get("action") or "" for node in shown.css("form")]
            assert len(addresses) == len(set(addresses)), "no action has two forms"
            addresses += [node.attributes.get("formaction") or "" for node in shown.css("button")]
            forms |= {found[1] for address in addresses if (found := re.search(r"/([a-z_]+)#", address))}
        # The claim form is on tickets about a claim only.
        assert forms == set(DONE) - {"claim"} | {"use", "earlier"}
        warranty = page(ada.get(at(opened(around, kind="warranty"))))
        assert _form(warranty, "claim")

    @pytest.mark.parametrize("path", ["", "?original=opening", "/f/opening/1-x", "/raw/opening"])
    @pytest.mark.parametrize("who", [ADA, ROBIN])
    def test_a_missing_ticket_and_another_shops_ticket_give_the_same_404(
        self, browser: Browser, around: Around, ticket: Ticket, path: str, who: str
    ) -> None:
        ref = ticket.ref if who == ROBIN else "NL-00000-00000"
        answer = signed_in(browser, who).get(f"/desk/t/{ref}{path}")
        assert answer.status_code == 404
        assert ticket.subject not in answer.body.decode()
        assert first(answer, "main a").attributes["href"] == "/api/desk"  # a signed-in agent stays at the desk

    def test_the_page_is_available_in_german(self, ada: Visitor, ticket: Ticket) -> None:
        answer = ada.get(at(ticket, "?lang=de"))
        assert answer.headers["Content-Language"] == "de"
        assert first(answer, "#procedure-title").text()

    def test_after_whatsapps_window_the_composer_has_only_approved_messages_and_notes(
        self, ada: Visitor, around: Around
    ) -> None:
        ticket = by_whatsapp(opened(around), around)
        shown = page(ada.get(at(ticket)))
        offered = [node.attributes["value"] for node in shown.css("#templates input[type=radio]")]
        assert offered == ["news_please_write/en", "our_answer/en"]
        assert not shown.css("#templates input[checked]"), "nothing is chosen beforehand"
        assert [node.attributes["value"] for node in shown.css("[name=mode]")] == ["note"]
        reached = ticket.reached and replace(ticket.reached, last_at=around.clock())
        wiring.deps().tickets.commit(Change(evolve(ticket, reached=reached)))
        assert not page(ada.get(at(ticket))).css("#templates")
        late = send(ada, ticket, "send_template", template="news_please_write/en")
        assert late.status_code == 422
        assert "No approved message" in first(page(late), "#templates-error").text()

    @pytest.mark.parametrize("language", words.languages())
    def test_the_composer_says_until_when_a_messenger_takes_an_answer(
        self, ada: Visitor, around: Around, language: str
    ) -> None:
        who = Person("Mira Holm", f"49151{next(_numbers):05}@whatsapp.invalid")
        ticket = opened(around, person=who)
        shown = page(ada.get(at(ticket)))
        assert not shown.css("#reach")
        assert first(shown, ".mails .to").text() == f"+{who.address.partition('@')[0]} (whatsapp)"
        written_at = around.clock() - timedelta(hours=1)
        wiring.deps().tickets.commit(Change(evolve(ticket, reached=Reached("200", written_at))))
        until = words.moment(written_at + timedelta(days=1), "Europe/Berlin", language)
        how = words.phrase(language, "desk.ticket.by_channel.whatsapp")
        said = first(ada.get(at(ticket, f"?lang={language}")), ".composer #reach").text()
        assert said == words.phrase(language, "desk.ticket.reach.until").format(how=how, until=until)
        assert until in said
        around.clock.advance(days=1)
        closed = first(signed_in(ada.browser, ADA).get(at(ticket, f"?lang={language}")), "#reach").text()
        assert closed == words.phrase(language, "desk.ticket.reach.closed").format(until=until)

    def test_a_refused_forms_url_leads_back_to_the_ticket(self, ada: Visitor, ticket: Ticket) -> None:
        answer = ada.get(at(ticket, "/answer"))
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{PUBLIC_URL}{at(ticket)}")

    def test_a_long_thread_is_folded_except_for_its_ends(self, ada: Visitor, around: Around, ticket: Ticket) -> None:
        for number in range(20):
            around.clock.advance(minutes=1)
            writes(around, ticket, f"Message {number}")
        shown = page(ada.get(at(ticket)))
        messages = shown.css(".conversation > li")
        folded = [bool(node.css_first("details > summary .snippet")) for node in messages]
        assert folded == [False, *[True] * 14, *[False] * 6]

    @pytest.mark.parametrize("language", words.languages())
    @pytest.mark.parametrize(("who", "admin"), [(ADA, False), (TOM, True)])
    def test_the_navigation_links_to_every_page_and_marks_the_current_one(
        self, browser: Browser, around: Around, who: str, admin: bool, language: str
    ) -> None:
        visitor = signed_in(browser, who)
        shown = [name for name, each in pages.PAGES.items() if admin or not each.admins_only]
        other = [f"/desk/{name}" for name in ("orders", "calls", "chats", "contact", "reports", "stock", "away")]
        places = ["/desk", *other, *(f"/desk/{name}" for name in shown)]
        links = page(visitor.get(f"/desk/help?lang={language}")).css("nav.places a")
        assert sorted(str(link.attributes["href"]) for link in links) == sorted(f"/api{place}" for place in places)
        assert [link.text() for link in links if "aria-current" in link.attributes] == [
            words.phrase(language, "desk.base.nav.help")
        ]
        for place in places:
            assert first(page(visitor.get(place)), "nav.places [aria-current]").attributes["href"] == f"/api{place}"

    def test_the_help_page_lists_the_keys(self, ada: Visitor) -> None:
        answer = ada.get("/desk/help")
        assert answer.status_code == 200
        assert {"j", "k", "r", "n", "/", "?"} <= {node.text() for node in page(answer).css("kbd")}


class TestPlainForms:
    """Every action without a handmade form has a generated one."""

    @pytest.fixture
    def given(self, monkeypatch: pytest.MonkeyPatch) -> list[ActionInput]:
        """An action without a handmade form, with a field of every kind; the fixture is the list of inputs it gets."""
        heard: list[ActionInput] = []

        def prepare(deps: Deps, shop: Shop, ticket: Ticket, said: ActionInput) -> Rule:
            heard.append(said)
            reason = said.text("reason")
            if not reason:
                raise InvalidFields({"reason": "missing"})
            said.choice("priority", Priority)
            said.period("by")

            def rule(current: Ticket, id: str, context: RuleContext) -> Change:
                entry = LogEntry(
                    context.at, said.agent.address, Action.ACTED, (Detail(DetailCode.ACT, "tag"), reason_detail(reason))
                )
                return Change(evolve(current), log=(entry,))

            return rule

        fields = (
            Field("to", Kind.AGENT), Field("kind", Kind.TICKET_KIND), Field("topic", Kind.TOPIC),
            Field("priority", one_of=tuple(Priority)), Field("until", Kind.DAY), Field("by", Kind.PERIOD),
            Field("tell", Kind.BOOLEAN), Field("text"), Field("reason"), *UNSEEN,
        )  # fmt: skip
        wave = AgentAction("wave", fields, prepare, lambda ticket: ticket.state is not State.CLOSED)
        monkeypatch.setitem(ACTIONS, "wave", wave)
        said = {"do.wave": "Wave", "done.wave": "Waved.", "field.wave_to": "To whom", "field.wave_text": "How"}
        for language in words.languages():
            book = words.book(language)
            assert isinstance(book, dict)
            for key, word in said.items():
                monkeypatch.setitem(book, f"desk.ticket.{key}", word)
        return heard

    def test_it_has_each_field_that_the_action_declares(
        self, ada: Visitor, ticket: Ticket, given: list[ActionInput]
    ) -> None:
        shown = page(ada.get(at(ticket)))
        wave = _form(shown, "wave")
        labelled = {node.attributes["for"]: node.text() for node in wave.css("label")}
        sorts = {}
        for node in wave.css("select, textarea, input:not([type=hidden])"):
            assert labelled[node.attributes["id"] or ""].strip()
            sorts[node.attributes["name"]] = node.attributes.get("type") or node.tag
        assert sorts == {"to": "select", "kind": "select", "topic": "select", "priority": "select", "until": "date",
                         "by": "text", "tell": "checkbox", "text": "textarea", "reason": "text"}  # fmt: skip
        chosen = {node.attributes["value"]: node.text() for node in wave.css("#wave-priority option")}
        assert chosen == {"": "Choose", "normal": "Normal", "high": "High", "urgent": "Urgent"}
        assert labelled["wave-to"] == "To whom"
        assert labelled["wave-priority"] == "Priority"
        assert "Ada" in first(shown, "#wave-to").text()
        assert first(shown, "#wave > summary .name").text() == "Wave"
        assert len(shown.css("#more > #wave")) == 1

    @pytest.mark.parametrize(("ticked", "said"), [({}, "no"), ({"tell": "yes"}, "yes")])
    def test_the_filled_in_fields_reach_the_action_and_the_log(
        self, ada: Visitor, ticket: Ticket, given: list[ActionInput], ticked: dict[str, str], said: str
    ) -> None:
        sent = form(ada, ticket, "wave") | FILLED | ticked
        answer = ada.post(at(ticket, "/wave"), sent)
        assert answer.status_code == 303, answer.body
        own = {name: value.replace("\r\n", "\n") for name, value in given[-1].fields.items()}
        assert own == FILLED | {"tell": said, "seen": sent["seen"]}
        shown = page(ada.get(answer.headers["Location"]))
        assert first(shown, ".notice").text().strip() == "Waved."
        assert "carried out: Save tags: They asked." in " ".join(first(shown, "#log li").text().split())

    def test_mistakes_are_named_in_the_form_and_nothing_typed_is_lost(
        self, ada: Visitor, ticket: Ticket, given: list[ActionInput]
    ) -> None:
        typed = FILLED | {"reason": "", "tell": "yes"}
        refused = send(ada, ticket, "wave", **typed)
        assert refused.status_code == 422
        shown = page(refused)
        assert first(shown, "#wave-reason").attributes["aria-describedby"] == "wave-reason-error"
        assert first(shown, "#wave-reason-error").text().strip()
        assert "open" in first(shown, "details#wave").attributes
        assert first(shown, ".summary a").attributes["href"] == "#wave"
        kept = {node.attributes["name"]: node.attributes["value"] for node in shown.css("#wave input")}
        chosen = {
            node.attributes["name"]: first(shown, f"#{node.attributes['id']} [selected]").attributes["value"]
            for node in shown.css("#wave select")
        }
        assert chosen == {name: typed[name] for name in ("to", "kind", "topic", "priority")}
        assert {name: kept[name] for name in ("until", "by")} == {name: typed[name] for name in ("until", "by")}
        assert first(shown, "#wave textarea").text().strip() == typed["text"]
        assert "checked" in first(shown, "#wave-tell").attributes

    def test_it_is_offered_only_if_it_can_be_done(
        self, ada: Visitor, around: Around, ticket: Ticket, given: list[ActionInput]
    ) -> None:
        stale = form(ada, ticket, "wave") | FILLED | {"reason": ""}
        other = opened(around, person=ticket.requester)
        send(ada, ticket, "merge", into=other.ref)
        assert not page(ada.get(at(ticket))).css("#wave, #link, #spam")
        send(ada, other, "close", **DONE["close"])
        closed = page(ada.get(at(other)))
        assert closed.css("#link")
        assert not closed.css("#wave, #spam")
        # An agent who opened the page before finds the typed text in the refusal.
        assert first(ada.post(at(ticket, "/wave"), stale), "#wave textarea").text().strip() == stale["text"]

    @pytest.mark.parametrize("language", words.languages())
    def test_every_generated_form_has_its_words(self, language: str) -> None:
        shop, ticket = wiring.deps().policy.shop("northlight"), samples.ticket()
        made = plain_forms.forms(shop, ticket, language)
        assert {form.action for form in made} == set(ACTIONS) - plain_forms.BY_HAND
        assert set(ACTIONS) >= plain_forms.BY_HAND
        assert all(form.title and form.button for form in made)

    def test_no_generated_form_has_the_field_beside(self) -> None:
        """Only the large answer box shows who else writes."""
        plain = set(ACTIONS) - plain_forms.BY_HAND
        assert not [name for name in plain if "beside" in {field.name for field in ACTIONS[name].fields}]


class TestContactAgreements:
    FORM: ClassVar[dict[str, str]] = {"every_days": "7", "until": "2027-02-28", "reason": "Thirty mails a day."}

    def test_an_owner_makes_and_ends_one_and_every_agent_sees_it(
        self, browser: Browser, ada: Visitor, ticket: Ticket
    ) -> None:
        assert not page(ada.get(at(ticket))).css("#agree_contact, #end_agreement, #agreed")
        tom = signed_in(browser, TOM)
        own = page(tom.get(at(ticket)))
        assert own.css("#agree_contact")
        assert not own.css("#end_agreement")
        assert send(tom, ticket, "agree_contact", **self.FORM).status_code == 303
        assert page(tom.get(at(ticket))).css("#end_agreement")
        told = page(ada.get(at(ticket)))
        assert "7 days" in first(told, "#agreed").text()
        assert "28 February 2027" in first(told, "#agreed").text()
        assert send(tom, ticket, "end_agreement", reason="Calm again.").status_code == 303
        assert not page(ada.get(at(ticket))).css("#agreed")

    @pytest.mark.parametrize("language", words.languages())
    def test_the_customers_page_shows_what_was_agreed_and_that_it_ended(
        self, browser: Browser, ada: Visitor, around: Around, language: str
    ) -> None:
        ticket, tom = opened(around, language=language), signed_in(browser, TOM)
        said = words.phrase(language, "ticket.event.agreement")
        for number, (action, fields) in enumerate([("agree_contact", self.FORM), ("end_agreement", self.FORM)], 1):
            assert send(tom, ticket, action, **fields).status_code == 303
            answer = browser.get(links.status_url(wiring.deps(), wiring.deps().tickets.ticket(ticket.ref) or ticket))
            assert answer.status_code == 200
            assert [node.text() for node in page(answer).css(".entry .event")] == [said] * number

    def test_others_are_refused_and_mistakes_named(self, browser: Browser, ada: Visitor, ticket: Ticket) -> None:
        assert send(ada, ticket, "agree_contact", **self.FORM).status_code == 422
        refused = send(signed_in(browser, TOM), ticket, "agree_contact", **self.FORM | {"until": "2029-01-01"})
        assert refused.status_code == 422
        assert first(page(refused), "#agree_contact-until-error").text().strip()


class TestHeat:
    def test_agents_see_the_reasons_and_the_customer_nothing(self, ada: Visitor, around: Around) -> None:
        ticket = opened(around, text="You are crooks, and I want my money back.")
        shown = page(ada.get(at(ticket)))
        assert first(shown, "#heat q").text() == "are crooks"
        calm = {reply.id for reply in replies.replies("en") if reply.calm}
        offered = [node.attributes["value"] for node in shown.css("#compose-ready option")][1:]
        assert set(offered[: len(calm)]) == calm
        token = links.status_url(wiring.deps(), ticket).rpartition("/t/")[2]
        answer = ada.get(f"/t/{token}").body.decode()
        assert "crooks" in answer
        assert "heat" not in answer.replace("theat", "")

    def test_calm_words_are_not_marked(self, ada: Visitor, ticket: Ticket) -> None:
        assert not page(ada.get(at(ticket))).css("#heat")


class TestHeldAnswers:
    def test_the_page_says_when_it_leaves_and_its_words_come_back(
        self, ada: Visitor, around: Around, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ticket = opened(around)
        shop = wiring.deps().policy.shop("northlight")
        careful = replace(shop, desk=DeskTerms(undo_minutes=10))
        monkeypatch.setitem(cast(dict[str, Shop], wiring.deps().policy.shops), "northlight", careful)
        sent = send(ada, ticket, "answer", text="It comes tomorrow.")
        shown = page(ada.get(sent.headers["Location"].partition("#")[0]))
        leaves = f"{(around.clock() + timedelta(minutes=10)).astimezone(shop.hours.zone):%H:%M}"
        assert leaves in first(shown, ".composer .notice").text()
        assert leaves in first(shown, "#held").text()
        back = ada.post(at(ticket, "/take_back"), hidden(shown, "take_back"))
        assert back.status_code == 303
        after = page(ada.get(back.headers["Location"].partition("#")[0]))
        assert first(after, "#compose").text().strip() == "It comes tomorrow."
        assert not after.css("#held")
        again = ada.post(at(ticket, "/take_back"), hidden(shown, "take_back"))
        assert again.headers["Location"].endswith("?done=nothing")

    def test_only_another_agent_can_approve(self, ada: Visitor, around: Around) -> None:
        own = opened(around, topic="incomplete_address")
        send(ada, own, "answer", text="It comes tomorrow.")
        shown = page(ada.get(at(own)))
        assert not shown.css('form[action*="/approve_answer#"]')
        refused = send(ada, own, "approve_answer", message=stored(own)[1][-1].id)
        assert refused.status_code == 422


class TestActions:
    def test_every_action_is_covered_here(self) -> None:
        assert {*DONE, *AGREEMENTS} == set(ACTIONS)

    @pytest.mark.parametrize("action", DONE)
    def test_each_action_is_done_and_a_notice_says_so(self, ada: Visitor, around: Around, action: str) -> None:
        ticket, said = prepared(ada, around, action)
        before, _ = stored(ticket)
        answer = send(ada, ticket, action, **said)
        assert answer.status_code == 303, answer.body
        where = said["into"] if action == "merge" else ticket.ref
        part = "#answer" if action in ("answer", "ask", "note", "take_back") else ""
        assert answer.headers["Location"] == f"{PUBLIC_URL}/desk/t/{where}?done={action}{part}"
        after, _ = stored(ticket)
        assert after.version > before.version
        shown = ada.get(answer.headers["Location"].partition("#")[0])
        assert shown.status_code == 200
        (notice,) = page(shown).css(".notice")
        assert notice.text().strip()

    @pytest.mark.parametrize("action", ["link", "merge", "split"])
    def test_the_notice_leads_to_the_other_ticket(self, ada: Visitor, around: Around, action: str) -> None:
        ticket, said = prepared(ada, around, action)
        shown = page(ada.get(send(ada, ticket, action, **said).headers["Location"]))
        other = {"link": said.get("to"), "merge": ticket.ref, "split": stored(ticket)[0].related[-1:]}[action]
        (named,) = shown.css(".told a.reference")
        assert named.text() == (other[0] if isinstance(other, tuple) else other)
        assert named.attributes["href"] == f"/api/desk/t/{named.text()}"

    def test_a_notice_names_no_unrelated_ticket(self, ada: Visitor, ticket: Ticket) -> None:
        for done in ("split", "merge", "link", "assign"):
            shown = page(ada.get(at(ticket, f"?done={done}&other=NL-00000-00000")))
            assert shown.css(".told .notice")
            assert not shown.css(".told .reference")

    def test_every_form_returns_to_the_summary_of_its_row(self, ada: Visitor, ticket: Ticket) -> None:
        shown = page(ada.get(at(ticket)))
        rows = {node.attributes["id"] for node in shown.css("details[id]")}
        places = {(node.attributes["action"] or "").partition("#")[2] for node in shown.css(".side form")}
        assert places
        assert all(place.startswith("at-") and place.removeprefix("at-") in rows for place in places)
        assert all(shown.css(f"summary#{place}") for place in places)

    def test_files_of_every_message_can_be_ticked_and_are_sent(self, ada: Visitor, ticket: Ticket) -> None:
        ids = []
        for number in (1, 2):
            file = File(f"{number}-x", "shade.jpg", "image/jpeg", 9, f"tickets/{ticket.ref}/{number}")
            change = samples.reply(stored(ticket)[0], f"reply{number}", wiring.deps().now(), files=(file,))
            wiring.deps().tickets.commit(change)
            ids.append(f"{ticket.ref}/reply{number}/{number}-x")
        shown = page(ada.get(at(ticket)))
        names = [node.attributes["name"] or "" for node in shown.css("#refer input[type=checkbox]")]
        assert [name for name in names if name.startswith("file-")] == [f"file-{id}" for id in ids]
        send(ada, ticket, "refer", **DONE["refer"] | {f"file-{ids[1]}": "yes"})
        after, messages = stored(ticket)
        assert after.referrals[0].facts == ("order_number", "topic", "attachments")
        (asked,) = (message for message in messages if message.event == "referral")
        assert asked.passed_on == (ids[1],)
        unknown = {"to": "lumenworks", f"file-{ticket.ref}/a/b": "yes"}
        refused = page(send(ada, ticket, "refer", **DONE["refer"] | unknown))
        assert first(refused, "#refer-files-error").text()

    @pytest.mark.parametrize("action", DONE)
    def test_the_same_form_sent_twice_acts_once(self, ada: Visitor, around: Around, action: str) -> None:
        ticket, said = prepared(ada, around, action)
        sent = form(ada, ticket) | said
        assert ada.post(at(ticket, f"/{action}"), sent).status_code == 303
        before = stored(ticket)
        around.clock.advance(seconds=2)
        again = ada.post(at(ticket, f"/{action}"), sent)
        assert again.status_code == 303
        assert stored(ticket) == before

    def test_what_opened_the_ticket_is_split_off_as_another_kind(
        self, ada: Visitor, around: Around, ticket: Ticket
    ) -> None:
        writes(around, ticket)
        shown = page(ada.get(at(ticket)))
        offered = [option.attributes["value"] for option in shown.css("#split-message option")]
        assert (len(offered), offered[-1]) == (2, "opening")
        chosen = first(shown, "#split-kind option[selected]")
        assert chosen.attributes["value"] == ticket.kind
        assert send(ada, ticket, "split", message="opening", kind=ticket.kind).status_code == 422
        assert send(ada, ticket, "split", message="opening", kind="privacy_complaint").status_code == 303
        (other,) = stored(ticket)[0].related
        after = page(ada.get(at(ticket)))
        assert after.css(f'.warning a.reference[href$="{other}"]')
        assert "opening" not in [option.attributes["value"] for option in after.css("#split-message option")]

    @pytest.mark.parametrize("action", REFUSED)
    def test_mistakes_are_named_at_their_field_and_nothing_typed_is_lost(
        self, ada: Visitor, around: Around, ticket: Ticket, action: str
    ) -> None:
        if action == "split":
            writes(around, ticket)
        if action in ("return_answer", "send_template"):
            ticket, _ = prepared(ada, around, action)
        said, field = REFUSED[action]
        answer = send(ada, ticket, action, **said)
        assert answer.status_code == 422
        shown = page(answer)
        composed = action in ("answer", "ask", "note")
        error = first(shown, "#compose-text-error" if composed else f"#{action}-{field}-error")
        assert error.text().strip()
        named = first(shown, "#compose" if composed else f"#{action}-{field}")
        assert named.attributes["aria-invalid"] == "true"
        assert named.attributes["aria-describedby"] == error.attributes["id"]
        if not composed and action != "send_template":
            assert "open" in first(shown, f"details:has(> .within #{action}-{field})").attributes
        for name, value in said.items():
            if named.tag != "select" and name == field:
                kept = named.text() if named.tag == "textarea" else named.attributes["value"] or ""
                assert kept.strip() == value.strip()
        assert stored(ticket)[0].version == ticket.version + (action in ("split", "return_answer"))

    @pytest.mark.parametrize(
        ("action", "csrf"),
        [*((action, "x") for action in (*DONE, "draft", "use", "earlier")), ("note", ""), ("note", "ü")],
    )
    def test_a_form_without_this_sessions_token_is_refused(
        self, ada: Visitor, ticket: Ticket, action: str, csrf: str
    ) -> None:
        answer = ada.post(at(ticket, f"/{action}"), DONE.get(action, {}) | {"csrf": csrf, "text": "So."})
        assert answer.status_code == 403
        assert stored(ticket)[0] == ticket

    def test_a_form_with_another_sessions_token_is_refused(
        self, browser: Browser, ada: Visitor, ticket: Ticket
    ) -> None:
        other = signed_in(browser, TOM)
        assert ada.post(at(ticket, "/note"), {"text": "So.", "csrf": other.csrf}).status_code == 403

    def test_a_form_from_another_site_is_refused(self, ada: Visitor, ticket: Ticket) -> None:
        answer = ada.post(at(ticket, "/note"), {"text": "So."}, sec_fetch_site="cross-site")
        assert answer.status_code == 403

    @pytest.mark.parametrize("action", [*DONE, "draft", "use", "earlier"])
    def test_another_shops_agent_is_refused(
        self, browser: Browser, around: Around, ticket: Ticket, action: str
    ) -> None:
        robin = signed_in(browser, ROBIN)
        answer = robin.post(at(ticket, f"/{action}"), DONE.get(action, {}) | {"text": "So."})
        assert answer.status_code == 404
        assert stored(ticket)[0] == ticket

    @pytest.mark.parametrize("action", ["explode", "__class__", "answer/now"])
    def test_an_unknown_action_is_refused(self, ada: Visitor, ticket: Ticket, action: str) -> None:
        assert ada.post(at(ticket, f"/{action}"), {"text": "So."}).status_code in (403, 404, 405)

    def test_a_signed_out_agent_is_sent_to_sign_in_and_back(self, browser: Browser, ticket: Ticket) -> None:
        answer = Visitor(browser).post(at(ticket, "/answer"), {"text": ""})
        assert answer.status_code == 303
        assert answer.headers["Location"].endswith(f"/desk/login?next=%2Fdesk%2Ft%2F{ticket.ref}")

    def test_a_third_party_gets_the_ticked_facts(self, ada: Visitor, ticket: Ticket) -> None:
        send(ada, ticket, "refer", **DONE["refer"])
        (referral,) = stored(ticket)[0].referrals
        assert referral.facts == ("order_number", "topic")

    def test_facts_stay_ticked_when_the_form_is_refused(self, ada: Visitor, ticket: Ticket) -> None:
        shown = page(send(ada, ticket, "refer", **DONE["refer"] | {"text": ""}))
        ticked = {node.attributes["name"] for node in shown.css("#refer input[type=checkbox][checked]")}
        assert ticked == {"fact-order_number", "fact-topic"}

    def test_tickets_of_two_customers_are_merged_only_when_confirmed(
        self, ada: Visitor, around: Around, ticket: Ticket
    ) -> None:
        person = Person("Jo Lund", "jo@example.com")
        other = opened(around, person=person)
        refused = send(ada, ticket, "merge", into=other.ref)
        assert refused.status_code == 422
        assert first(refused, "#merge-into").attributes["value"] == other.ref
        confirmed = hidden(page(refused), "merge") | {"into": other.ref, "anyway": "yes"}
        assert first(refused, "#merge-anyway").attributes["name"] == "anyway"
        assert ada.post(at(ticket, "/merge"), confirmed).status_code == 303
        assert stored(ticket)[0].merged_into == other.ref

    def test_an_answer_to_a_ticket_merged_since_then_is_refused_with_its_words(
        self, ada: Visitor, around: Around, ticket: Ticket
    ) -> None:
        sent, other = form(ada, ticket), opened(around, person=ticket.requester)
        send(ada, ticket, "merge", into=other.ref)
        answer = ada.post(at(ticket, "/answer"), sent | {"text": "It comes tomorrow."})
        assert answer.status_code == 422
        assert first(answer, "#compose").text().strip() == "It comes tomorrow."
        assert first(answer, "#compose-action-error").text().strip()

    def test_messages_of_merged_tickets_keep_their_ids_and_originals(self, ada: Visitor, around: Around) -> None:
        ticket = opened(around)
        other = opened(around, person=ticket.requester)
        send(ada, ticket, "merge", into=other.ref)
        shown = page(ada.get(at(other)))
        keys = [node.id for node in shown.css(".conversation .msg")]
        assert set(keys) == {"m-opening", f"m-{ticket.ref}/opening"}
        whole = ada.get(at(other, f"?original={ticket.ref}/opening"))
        assert whole.status_code == 200


class TestStale:
    def test_an_answer_is_refused_over_an_unread_message(self, ada: Visitor, around: Around, ticket: Ticket) -> None:
        sent = form(ada, ticket) | {"text": "We do not know yet."}
        writes(around, ticket, "It has come, never mind!")
        refused = ada.post(at(ticket, "/answer"), sent)
        assert refused.status_code == 422
        shown = page(refused)
        assert first(shown, "#compose").text().strip() == "We do not know yet."
        assert "It has come, never mind!" in first(shown, ".msg.newer").text()
        assert first(shown, "#answer [role=alert] a").attributes["href"] == f"#{first(shown, '.newer').id}"
        assert [m for m in stored(ticket)[1] if m.author == "agent"] == []
        # Sent again without the tick, it is refused again.
        assert ada.post(at(ticket, "/answer"), hidden(shown, "answer") | {"text": sent["text"]}).status_code == 422

    def test_the_answer_is_sent_once_the_agent_has_read_it(self, ada: Visitor, around: Around, ticket: Ticket) -> None:
        sent = form(ada, ticket) | {"text": "We do not know yet."}
        writes(around, ticket)
        shown = page(ada.post(at(ticket, "/answer"), sent))
        read = first(shown, "#compose-read").attributes
        again = hidden(shown, "answer") | {"text": sent["text"], read["name"] or "": read["value"] or ""}
        assert ada.post(at(ticket, "/answer"), again).status_code == 303

    def test_the_answer_is_refused_again_over_a_still_newer_message(
        self, ada: Visitor, around: Around, ticket: Ticket
    ) -> None:
        sent = form(ada, ticket) | {"text": "We do not know yet."}
        writes(around, ticket)
        shown = page(ada.post(at(ticket, "/answer"), sent))
        writes(around, ticket, "And another thing")
        read = first(shown, "#compose-read").attributes
        again = hidden(shown, "answer") | {"text": sent["text"], read["name"] or "": read["value"] or ""}
        assert ada.post(at(ticket, "/answer"), again).status_code == 422

    def test_of_two_concurrent_answers_none_is_lost(
        self, browser: Browser, ada: Visitor, around: Around, ticket: Ticket
    ) -> None:
        tom = signed_in(browser, TOM)
        adas, toms = form(ada, ticket), form(tom, ticket)
        assert ada.post(at(ticket, "/answer"), adas | {"text": "It comes on Monday."}).status_code == 303
        refused = tom.post(at(ticket, "/answer"), toms | {"text": "It comes on Friday."})
        assert refused.status_code == 422
        assert first(refused, "#compose").text().strip() == "It comes on Friday."
        assert "It comes on Monday." in first(refused, ".newer").text()

    @pytest.mark.parametrize("action", ["extend", "conclude", "ask"])
    def test_every_action_that_mails_the_customer_is_refused_over_an_unread_message(
        self, ada: Visitor, around: Around, ticket: Ticket, action: str
    ) -> None:
        sent = form(ada, ticket) | DONE[action]
        writes(around, ticket)
        refused = ada.post(at(ticket, f"/{action}"), sent)
        assert refused.status_code == 422
        read = first(refused, f"#{'compose' if action == 'ask' else action}-read").attributes
        again = sent | {read["name"] or "": read["value"] or ""}
        assert ada.post(at(ticket, f"/{action}"), again).status_code == 303

    def test_a_colleagues_note_refuses_no_answer(
        self, browser: Browser, ada: Visitor, around: Around, ticket: Ticket
    ) -> None:
        sent = form(ada, ticket) | {"text": "It comes tomorrow."}
        send(signed_in(browser, TOM), ticket, "note", text="They called.")
        assert ada.post(at(ticket, "/answer"), sent).status_code == 303

    def test_a_form_refused_for_another_reason_still_counts_new_messages_as_unread(
        self, ada: Visitor, around: Around, ticket: Ticket
    ) -> None:
        sent = form(ada, ticket)
        writes(around, ticket)
        refused = page(ada.post(at(ticket, "/answer"), sent | {"text": ""}))
        again = hidden(refused, "answer") | {"text": "We do not know yet."}
        assert ada.post(at(ticket, "/answer"), again).status_code == 422


class TestComposer:
    def test_a_draft_is_kept_and_shown_to_its_writer_only(self, browser: Browser, ada: Visitor, ticket: Ticket) -> None:
        answer = ada.post(at(ticket, "/draft"), {"text": "Dear Mira,"}, accept="application/json")
        assert (answer.status_code, json.loads(answer.body)) == (200, {"others": [], "beside": ""})
        assert first(ada.get(at(ticket)), "#compose").text().strip() == "Dear Mira,"
        toms = page(signed_in(browser, TOM).get(at(ticket)))
        assert first(toms, "#compose").text().strip() == ""
        assert "Ada" in first(toms, "#answer .warning").text()
        assert "Dear Mira," not in (toms.html or "")

    @pytest.mark.parametrize("language", ["en", "de"])
    def test_a_writer_is_told_in_the_pages_language_who_else_writes(
        self, browser: Browser, ada: Visitor, around: Around, ticket: Ticket, language: str
    ) -> None:
        signed_in(browser, TOM).post(at(ticket, "/draft"), {"text": "Dear Mira,"})
        around.clock.advance(minutes=3)
        ada.get(at(ticket, f"?lang={language}"))
        answer = ada.post(at(ticket, "/draft"), {"text": "Dear Mira,"}, accept="application/json")
        (sentence,) = json.loads(answer.body)["others"]
        assert "Tom" in sentence
        assert "3" in sentence
        shown = page(ada.get(at(ticket)))
        assert first(shown, "#answer [role=status] .warning").text() == sentence
        assert hidden(shown, "answer")["beside"] == json.loads(answer.body)["beside"] == TOM

    def test_an_answer_is_refused_until_the_other_writer_was_shown(
        self, browser: Browser, ada: Visitor, ticket: Ticket
    ) -> None:
        sent = form(ada, ticket) | {"text": "It comes tomorrow."}
        signed_in(browser, TOM).post(at(ticket, "/draft"), {"text": "Dear Mira,"})
        refused = page(ada.post(at(ticket, "/answer"), sent))
        assert first(refused, "#answer [role=alert]").text()
        assert "Tom" in first(refused, "#answer .writers").text()
        assert first(refused, "#compose").text().strip() == sent["text"]
        assert stored(ticket)[1] == []
        again = hidden(refused, "answer") | {"text": sent["text"]}
        assert ada.post(at(ticket, "/answer"), again).status_code == 422
        tick = first(refused, "#compose-beside").attributes
        knowing = again | {tick["name"] or "": tick["value"] or ""}
        assert ada.post(at(ticket, "/answer"), knowing).status_code == 303

    def test_a_form_sent_again_is_not_refused_because_of_a_later_writer(
        self, browser: Browser, ada: Visitor, ticket: Ticket
    ) -> None:
        sent = form(ada, ticket) | {"text": "It comes tomorrow."}
        assert ada.post(at(ticket, "/answer"), sent).status_code == 303
        signed_in(browser, TOM).post(at(ticket, "/draft"), {"text": "Dear Mira,"})
        assert ada.post(at(ticket, "/answer"), sent).status_code == 303

    def test_a_text_too_long_to_send_is_not_reported_as_saved(self, ada: Visitor, ticket: Ticket) -> None:
        answer = ada.post(at(ticket, "/draft"), {"text": "x" * 20_001}, accept="application/json")
        assert answer.status_code == 422
        used = send(ada, ticket, "use", text="x" * 20_001, ready="", mode="answer")
        assert used.status_code == 422
        assert first(used, "#compose-text-error").text()
        assert first(used, "#compose").text().strip() == "x" * 20_001

    def test_earlier_answers_are_shown_when_asked_for_and_keep_what_is_typed(
        self, ada: Visitor, ticket: Ticket, around: Around
    ) -> None:
        assert first(ada.get(at(ticket)), ".earlier button").text()
        assert not page(ada.get(at(ticket))).css_matches("#earlier")
        before = opened(around, subject="", text="My parcel is delayed, says the courier.")
        indexing.index(wiring.deps(), before)
        said = "Hello Mira,\n\nWe send the parcel again."
        assert send(ada, before, "answer", text=said, mode="answer").status_code == 303
        rated = Rating(5, "", around.clock())
        over = {"state": State.CLOSED, "closed_at": around.clock(), "outcome": Outcome.SETTLED, "rating": rated}
        wiring.deps().tickets.commit(Change(evolve(stored(before)[0], **over)))
        asked = opened(around, subject="", text=before.opening.text)
        shown = send(ada, asked, "earlier", text="Dear Mira,", ready="", mode="answer")
        assert shown.status_code == 200
        assert first(shown, "#compose").text().strip() == "Dear Mira,"
        assert before.ref in (first(shown, "#earlier li a").attributes["href"] or "")
        assert "We send the parcel again." in first(shown, "#earlier .said").text()
        assert "Mira" not in first(shown, "#earlier").text()
        none = send(ada, opened(around, text="Tulips?"), "earlier", text="", ready="", mode="answer")
        assert not page(none).css_matches("#earlier li")

    def test_the_form_names_the_maximum_size_of_files(self, ada: Visitor, ticket: Ticket) -> None:
        shown = page(ada.get(at(ticket)))
        assert "4 MB" in first(shown, "#compose-files-hint").text()
        assert first(shown, "#compose-files").attributes["aria-describedby"] == "compose-files-hint"
        files = first(shown, "#compose-files").attributes
        assert int(files["data-together"] or "") < 4_500_000
        assert files["data-uploads"] == "/api/shops/northlight/uploads"

    def test_a_signed_out_agents_draft_is_refused(self, browser: Browser, ticket: Ticket) -> None:
        answer = Visitor(browser).post(at(ticket, "/draft"), {"text": "So."}, accept="application/json")
        assert answer.status_code == 401

    @pytest.mark.parametrize("action", ["answer", "ask", "note"])
    def test_sending_deletes_the_draft(
        self, browser: Browser, ada: Visitor, around: Around, ticket: Ticket, action: str
    ) -> None:
        ada.post(at(ticket, "/draft"), {"text": "Dear Mira,"})
        around.clock.advance(seconds=5)
        send(ada, ticket, action, text="Dear Mira, all is well.")
        assert first(ada.get(at(ticket)), "#compose").text().strip() == ""
        assert [d.text for d in wiring.deps().drafts.drafts(ticket.ref, around.clock())] in ([], [""])
        assert not page(signed_in(browser, TOM).get(at(ticket))).css("#answer .warning")

    def test_another_action_keeps_the_draft(self, ada: Visitor, around: Around, ticket: Ticket) -> None:
        ada.post(at(ticket, "/draft"), {"text": "Dear Mira,"})
        around.clock.advance(seconds=5)
        send(ada, ticket, "refer", **DONE["refer"])
        assert first(ada.get(at(ticket)), "#compose").text().strip() == "Dear Mira,"

    def test_a_ready_reply_is_added_below_the_typed_text(self, ada: Visitor, ticket: Ticket) -> None:
        answer = send(ada, ticket, "use", text="I looked at it.", ready="ask_photo", mode="answer")
        assert answer.status_code == 200
        text = first(answer, "#compose").text().strip()
        assert text.startswith("I looked at it.\n\nHello Mira Holm,")
        assert len(text) > 100
        assert stored(ticket)[1] == []
        assert first(ada.get(at(ticket)), "#compose").text().strip() == text

    def test_a_ready_reply_in_a_question_has_no_greeting(self, ada: Visitor, ticket: Ticket) -> None:
        answer = send(ada, ticket, "use", text="", ready="ask_photo", mode="ask")
        assert "Hello" not in first(answer, "#compose").text()
        assert "checked" in first(answer, "#mode-ask").attributes

    @pytest.mark.parametrize("ready", ["nonsense", "late"])
    def test_an_unusable_ready_reply_keeps_the_typed_text(self, ada: Visitor, around: Around, ready: str) -> None:
        ticket = opened(around, order_number=None)
        answer = send(ada, ticket, "use", text="I looked at it.", ready=ready, mode="answer")
        assert answer.status_code == 422
        assert first(answer, "#compose").text().strip() == "I looked at it."
        assert first(answer, ".canned .error").text().strip()

    def test_without_a_chosen_reply_nothing_changes(self, ada: Visitor, ticket: Ticket) -> None:
        answer = send(ada, ticket, "use", text="I looked at it.", ready="", mode="note")
        assert answer.status_code == 200
        assert first(answer, "#compose").text().strip() == "I looked at it."
        assert "checked" in first(answer, "#mode-note").attributes

    def test_a_ticket_without_an_address_accepts_only_notes(self, ada: Visitor, around: Around) -> None:
        ticket = opened(around, person=Person("Mira Holm", "", "030 1234"))
        shown = page(ada.get(at(ticket)))
        assert [node.attributes["value"] for node in shown.css("[name=mode]")] == ["note"]
        assert send(ada, ticket, "answer", text="So.").status_code == 422


class TestFiles:
    def test_files_go_with_an_answer(self, ada: Visitor, ticket: Ticket) -> None:
        assert with_files(ada, ticket, "answer").status_code == 303
        (message,) = [m for m in stored(ticket)[1] if m.author == "agent"]
        assert [file.filename for file in message.files] == ["shade.png", "list.txt"]
        shown = page(ada.get(at(ticket)))
        links = [node.attributes["href"] or "" for node in shown.css(".conversation .files a")]
        assert len(links) == 2
        answer = ada.get(links[0])
        assert answer.status_code == 303
        assert "shade.png" in answer.headers["Location"]
        assert message.files[0].key in answer.headers["Location"]

    def test_files_without_words_are_an_answer(self, ada: Visitor, ticket: Ticket) -> None:
        assert with_files(ada, ticket, "answer", words="").status_code == 303
        (message,) = [m for m in stored(ticket)[1] if m.author == "agent"]
        assert (message.text, len(message.files)) == ("", 2)
        assert with_files(ada, ticket, "answer", limit=0, words="").status_code == 422

    def test_files_too_large_for_the_form_are_uploaded_first(self, ada: Visitor, ticket: Ticket) -> None:
        chooses = first(ada.get(at(ticket)), "#compose-files").attributes
        assert chooses["data-uploads"] == "/api/shops/northlight/uploads"
        assert "25 MB" in (chooses["data-hint"] or "")

    def test_the_same_answer_with_the_same_files_acts_once(self, ada: Visitor, ticket: Ticket) -> None:
        sent = form(ada, ticket)
        for _ in range(2):
            assert with_files(ada, ticket, "answer", sent).status_code == 303
        assert len([m for m in stored(ticket)[1] if m.author == "agent"]) == 1

    @pytest.mark.parametrize("action", ["ask", "note"])
    def test_files_with_any_other_action_are_refused_with_an_error(
        self, ada: Visitor, ticket: Ticket, action: str
    ) -> None:
        answer = with_files(ada, ticket, action)
        assert answer.status_code == 422
        assert first(answer, ".enclosed .error:not([hidden])").text().strip()
        assert "shade.png" in first(answer, ".enclosed").text()
        assert first(answer, "#compose").text().strip() == "Here they are."
        assert stored(ticket)[1] == []

    def test_too_many_files_are_refused(self, ada: Visitor, ticket: Ticket) -> None:
        answer = with_files(ada, ticket, "answer", limit=20)
        assert answer.status_code == 422
        assert first(answer, ".enclosed .error:not([hidden])").text().strip()

    def test_a_mail_is_shown_with_its_own_pictures_and_without_scripts(self, ada: Visitor, around: Around) -> None:
        ticket, opening = by_mail(around)
        plain = ada.get(at(ticket))
        assert "img-src 'self';" in plain.headers["Content-Security-Policy"]
        link = next(a for a in page(plain).css(".foot a") if "original" in (a.attributes["href"] or ""))
        whole = ada.get((link.attributes["href"] or "").partition("#")[0])
        sheet = first(whole, ".sheet")
        assert "It looks like this" in sheet.text()
        (picture,) = sheet.css("img")
        assert not sheet.css("script, [onerror], [onclick], iframe, form")
        assert "evil.example" not in (sheet.html or "")
        origins = "https://files.s3.eu-central-1.amazonaws.com"
        assert f"img-src 'self' {origins};" in whole.headers["Content-Security-Policy"]
        fetched = ada.get(picture.attributes["src"] or "")
        assert fetched.status_code == 303
        assert fetched.headers["Location"].startswith(tuple(origins.split()))
        assert opening.files[0].key in fetched.headers["Location"]

    def test_the_raw_mail_can_be_downloaded(self, ada: Visitor, around: Around) -> None:
        ticket, opening = by_mail(around)
        answer = ada.get(at(ticket, "/raw/opening"))
        assert answer.status_code == 303
        assert opening.raw_key
        assert opening.raw_key in answer.headers["Location"]
        assert f"{ticket.ref}.eml" in answer.headers["Location"]

    @pytest.mark.parametrize("path", ["/f/opening/9-none", "/f/none/1-x", "/raw/opening", "/raw/none"])
    def test_a_missing_file_is_a_404(self, ada: Visitor, ticket: Ticket, path: str) -> None:
        assert ada.get(at(ticket, path)).status_code == 404

    def test_no_url_leads_to_another_tickets_files(self, ada: Visitor, around: Around, ticket: Ticket) -> None:
        _, opening = by_mail(around)
        assert ada.get(at(ticket, f"/f/opening/{opening.files[0].id}")).status_code == 404


def with_files(
    visitor: Visitor,
    ticket: Ticket,
    action: str,
    sent: dict[str, str] | None = None,
    limit: int = 2,
    words: str = "Here they are.",
) -> Answer:
    """The composer's form with files, as a browser sends it."""
    files = [("shade.png", "image/png", PICTURE), ("list.txt", "text/plain", b"one, two")] * (limit // 2)
    values = (sent or form(visitor, ticket)) | {"text": words}
    lines = [
        b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b' % (k.encode(), v.encode())
        for k, v in values.items()
    ]
    lines += [
        b'--x\r\nContent-Disposition: form-data; name="attachments"; filename="%b"\r\nContent-Type: %b\r\n\r\n%b'
        % (name.encode(), kind.encode(), content)
        for name, kind, content in files
    ]
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    body = b"\r\n".join(lines) + b"\r\n--x--\r\n"
    headers = {"accept": "text/html", "cookie": cookies} | OURS
    return visitor.browser.post(at(ticket, f"/{action}"), body, "multipart/form-data; boundary=x", **headers)


def by_mail(around: Around) -> tuple[Ticket, Message]:
    """A ticket opened by a mail with an inline picture, and with content that must not reach a page."""
    number = next(_numbers)
    mail = written(Message_ID=f"<mail{number}@mail.example>", sender=f"Mira <mira{number}@example.com>")
    mail.add_alternative(
        "<p onclick='alert(1)'>It looks like this: <img src='cid:shade' onerror='alert(1)'></p>"
        "<script>alert(1)</script><img src='https://evil.example/pixel'><iframe src='//evil.example'></iframe>",
        subtype="html",
    )
    html = mail.get_body(("html",))
    assert isinstance(html, EmailMessage)
    html.add_related(PICTURE, "image", "png", cid="<shade>", filename="shade.png")
    deps = wiring.deps()
    key = f"raw/{number}"
    deps.files._client().put_object(Bucket="mail", Key=key, Body=mail.as_bytes())  # type: ignore[attr-defined]
    receive(deps, MailReceived(key, ("care@help.northlight.example",)))
    # This customer's newest ticket.
    (other,) = deps.tickets.tickets_of("northlight", f"mira{number}@example.com", 1)
    ticket = deps.tickets.ticket(other.ref)
    assert ticket
    return ticket, ticket.opening
