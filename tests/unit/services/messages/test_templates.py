"""After WhatsApp's window only what it has approved goes out, and it is an answer only if the policy says so."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidFields
from chalicelib.rules.events.messages.said import Kind, Said
from chalicelib.rules.identity.handles import Handle, Provider
from chalicelib.rules.intake.submission import one_line
from chalicelib.rules.messages import templating
from chalicelib.rules.messages.approved import Approved
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import MessageTemplate, MessageTerms, TemplateValue
from chalicelib.rules.tickets.clocks import FIRST_ANSWER
from chalicelib.rules.tickets.messages import Event, Person, Visibility
from chalicelib.rules.tickets.outbox import Delivery, DeliveryStatus, Purpose
from chalicelib.rules.tickets.ticket import Message, State, Ticket, evolve
from chalicelib.services.actions import acting, unseen_messages
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.customer import customer_page
from chalicelib.services.delivery.sending import post
from chalicelib.services.desk.answers import reach
from chalicelib.services.messages import taking
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.tickets import links
from tests.support import agents, samples
from tests.support.store.fakes import World, world

AGENT = Person("Ada Lindqvist", "ada@northlight.example")
NEWS, ANSWER = "news_please_write/en", "our_answer/en"


@pytest.fixture
def here() -> World:
    made = world()
    wrote(made)
    made.clock.advance(hours=24)
    return made


def wrote(here: World, provider: Provider = Provider.WHATSAPP, text: str = "Where is my lamp?") -> None:
    who = Handle(provider, "4915123456789")
    taking.take(here.deps, here.shop, Said(Kind.WORDS, who, "200", f"in-{here.clock()}", here.clock(), text, "Mira"))


def ticket(here: World) -> Ticket:
    (found,) = here.store.tickets.values()
    return found


def sends(here: World, template: str, text: str = "", key: str = "1") -> Message:
    fields = {"template": template, "text": text}
    acting.act(here.deps, here.shop, ticket(here).ref, "send_template", ActionInput(fields, AGENT), key)
    return next(each for each in here.store.messages.values() if each.person.address == AGENT.address)


def delivery(here: World, message: Message) -> Delivery:
    post(here.deps, ItemRef(message.ref, message.id))
    found = here.deps.tickets.message(message.ref, message.id)
    assert found
    assert found.outbox
    return found.outbox.deliveries[0]


def refusal(here: World, template: str, text: str = "") -> dict[str, str]:
    with pytest.raises(InvalidFields) as refused:
        sends(here, template, text)
    assert not [each for each in here.store.messages.values() if each.person.address == AGENT.address]
    return dict(refused.value.codes)


def test_a_request_to_write_goes_out_and_is_no_answer(here: World) -> None:
    message = sends(here, NEWS)
    ref = ticket(here).ref
    assert message.text == (
        f"Hello! We have news about your message {ref}: …/t/… Please write to us here if you would like to talk "
        "about it."
    )
    assert (message.visibility, message.event) == (Visibility.SHARED, Event.WORDS)
    assert ticket(here).state is State.OPEN
    clock = ticket(here).clock(FIRST_ANSWER)
    assert clock
    assert clock.met_at is None
    assert delivery(here, message).status is DeliveryStatus.SENT
    sent = here.channels.sent[-1]
    assert sent.template == Approved("news_please_write", "en", (ref, links.status_url(here.deps, ticket(here))))
    assert sent.of_whatsapp()["template"]["language"] == {"code": "en"}


def test_an_answer_has_the_agents_words_and_meets_the_promise(here: World) -> None:
    message = sends(here, ANSWER, "It comes {{2}} tomorrow.\n\nWe  promise.")
    said = "It comes {{2}} tomorrow. We promise."
    ref = ticket(here).ref
    assert (
        message.text
        == f"Hello! This is the answer of Northlight Lamps to your message {ref}: {said} You may answer here."
    )
    assert ticket(here).state is State.WAITING
    clock = ticket(here).clock(FIRST_ANSWER)
    assert clock
    assert clock.met_at == here.clock()
    assert delivery(here, message).status is DeliveryStatus.SENT
    assert here.channels.sent[-1].template == Approved("our_answer", "en", ("Northlight Lamps", ref, said))


def test_what_was_owed_before_the_window_closed_holds_up_no_note(here: World) -> None:
    """Such as an acknowledgement that waits for a valid token."""
    assert ticket(here).outbox
    done = acting.act(here.deps, here.shop, ticket(here).ref, "note", ActionInput({"text": "A regular."}, AGENT), "3")
    assert done[1]


def test_words_that_its_writer_has_not_seen_refuse_it(here: World) -> None:
    ref = ticket(here).ref
    before = unseen_messages.seen(here.store.conversation(ref)[1])
    page = links.status_url(here.deps, ticket(here)).rpartition("/")[2]
    customer_page.reply(here.deps, page, {"message": "It has come."}, [])
    fields = {"template": NEWS, "seen": before}
    with pytest.raises(InvalidFields) as refused:
        acting.act(here.deps, here.shop, ref, "send_template", ActionInput(fields, AGENT), "1")
    assert list(refused.value.codes) == ["seen"]


def test_the_same_form_twice_sends_once(here: World) -> None:
    for _ in range(2):
        message = sends(here, NEWS)
        post(here.deps, ItemRef(message.ref, message.id))
    assert len(here.channels.sent) == 1


class TestRefused:
    @pytest.mark.parametrize(
        ("template", "text", "codes"),
        [
            ("", "", {"template": "missing"}),
            ("nobody_approved/en", "", {"template": "unknown"}),
            (NEWS, "And more.", {"text": "no_place"}),
            (ANSWER, " \n ", {"text": "missing"}),
            (ANSWER, "x" * 1000, {"text": "template_too_long"}),
        ],
    )
    def test_what_was_not_approved(self, here: World, template: str, text: str, codes: dict[str, str]) -> None:
        assert refusal(here, template, text) == codes

    def test_words_that_leave_no_room_for_the_link(self, here: World) -> None:
        template = MessageTemplate("t", "en", "{{1}} {{2}}", (TemplateValue.TEXT, TemplateValue.LINK))
        shop, made = templated(template)
        context = replace(here.deps.context(shop), at=here.clock())
        late = evolve(made, requester=ticket(here).requester, reached=ticket(here).reached)
        room = 1024 - 200 - len(" …/t/…")
        assert templating.send(late, "m1", template.key, "x" * room, AGENT, context).messages
        with pytest.raises(InvalidFields) as refused:
            templating.send(late, "m1", template.key, "x" * (room + 1), AGENT, context)
        assert refused.value.codes == {"text": "template_too_long"}
        assert len(links.status_url(here.deps, ticket(here))) <= 200

    def test_while_people_can_write_freely(self, here: World) -> None:
        here.clock.advance(seconds=-1)
        assert refusal(here, NEWS) == {"action": "no_template"}

    @pytest.mark.parametrize("provider", [each for each in Provider if each is not Provider.WHATSAPP])
    def test_by_another_messenger(self, provider: Provider) -> None:
        made = world()
        wrote(made, provider)
        made.clock.advance(days=8)
        assert refusal(made, NEWS) == {"action": "no_template"}

    def test_in_another_language(self) -> None:
        made = world()
        wrote(made, text="Guten Tag, wo ist denn meine Lampe geblieben? Ich warte schon seit einer Woche.")
        made.clock.advance(days=1)
        assert ticket(made).language == "de"
        assert refusal(made, NEWS) == {"action": "no_template"}

    def test_by_whoever_writes_to_a_mail_address(self) -> None:
        made = world()
        agents.opened(made)
        assert refusal(made, NEWS) == {"action": "no_template"}

    def test_own_words_that_a_second_agent_has_to_read(self, here: World) -> None:
        here.store.tickets[ticket(here).ref] = replace(ticket(here), topic="incomplete_address")
        assert refusal(here, ANSWER, "It comes.") == {"action": "second_reader"}
        sends(here, NEWS)

    def test_what_the_policy_has_changed_before_it_left(self, here: World) -> None:
        message = sends(here, ANSWER, "It comes tomorrow.")
        changed = tuple(replace(each, text=f"Dear! {each.text}") for each in here.shop.messages.templates)
        assert (
            delivery(here.with_shop(messages=MessageTerms(templates=changed)), message).status is DeliveryStatus.REFUSED
        )
        assert not here.channels.sent

    def test_a_free_answer_is_still_refused(self, here: World) -> None:
        with pytest.raises(InvalidFields) as refused:
            acting.act(here.deps, here.shop, ticket(here).ref, "answer", ActionInput({"text": "Hi"}, AGENT), "2")
        assert refused.value.codes == {"action": "window_closed"}


def test_the_composer_offers_them_once_nothing_else_goes_there(here: World) -> None:
    found = reach.of_ticket(here.shop, ticket(here), here.clock(), "en")
    assert found
    assert [(each.key, each.has_words, each.answers) for each in found.templates] == [
        (NEWS, False, False), (ANSWER, True, True),
    ]  # fmt: skip
    assert f"message {ticket(here).ref}: [your words] You may" in found.templates[1].text
    open_still = reach.of_ticket(here.shop, ticket(here), here.clock() - timedelta(seconds=1), "en")
    assert open_still
    assert open_still.templates == ()


@given(
    st.text(max_size=80),
    st.permutations(list(TemplateValue)),
    st.lists(st.text("ab{}. 12", max_size=5), min_size=5, max_size=5),
)
def test_whatever_an_agent_writes_arrives_as_it_was_written(
    text: str, order: list[TemplateValue], between: list[str]
) -> None:
    words = one_line(text) or "x"
    places = "".join(
        f"{part.replace('{', '(').replace('}', ')')}{{{{{number}}}}}" for number, part in enumerate(between[:4], 1)
    )
    template = MessageTemplate("t", "en", f"{places}{between[4].replace('{', '(').replace('}', ')')}", tuple(order))
    shop, made = templated(template)
    said = templating.filled(template, templating.known(made, shop, words))
    mail = Delivery(Purpose.ANSWER, made.requester.address, about="template:t/en")
    values = templating.known(made, shop, words) | {TemplateValue.LINK: "https://care.example/t/x"}
    sent = templating.approved(shop, made, mail, said, "https://care.example/t/x")
    assert sent == Approved("t", "en", tuple(values[each] for each in order))


def templated(template: MessageTemplate) -> tuple[Shop, Ticket]:
    shop = replace(samples.northlight(), messages=MessageTerms(templates=(template,)))
    return shop, evolve(samples.ticket())
