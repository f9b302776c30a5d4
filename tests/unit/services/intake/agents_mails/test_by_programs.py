"""What an agent's program writes by itself is no answer: nothing goes to the customer, and no promise is met."""

import pytest

from chalicelib.mail.inbound import MarkCode
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.messages import AutomaticMark
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Author, State, Ticket, Visibility
from chalicelib.services.delivery.sending import post
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.ports.tickets import ItemRef
from tests.support.store.fakes import World, written
from tests.unit.services.intake.test_mail_kinds import ADAS, address, get, kept, only
from tests.unit.services.intake.test_receiving import ADA, CARE, MIRA, purposes

AWAY = "I am away until 5 December and do not read my mail.\n"
ABSENCES = (
    "Automatische Antwort: Frage: Der Schirm ist gesprungen",
    "Automatic reply: Question: The shade is cracked",
    "Abwesenheitsnotiz: Frage",
    "Abwesenheitsassistent: Re: Frage",
    "Out of Office: Question",
    "Out of the office Re: Question",
    "Autoreply: Question",
    "Auto: Re: Question",
    "Réponse automatique : Question",
    "Respuesta automática: Pregunta",
    "Risposta automatica: Domanda",
    "Automatyczna odpowiedź: Pytanie",
    "Automatisch antwoord: Vraag",
    "自動返信: Question",
)
NO_ABSENCES = (
    "Re: Automatic reply: Question",
    "AW: Abwesenheitsnotiz: Frage",
    "Re: Out of Office: Question",
    "Out of office furniture: your lamp",
    "Automatic reply lamp: it comes",
    "Vacation in December",
    "Abwesenheit",
)
MARKS = (AutomaticMark(MarkCode.OUT_OF_OFFICE_SUBJECT),)


@pytest.fixture
def ticket(world: World) -> Ticket:
    get(world, written())
    post(world.deps, ItemRef(world.store.only_ticket().ref, None))
    return world.store.only_ticket()


class TestAbsences:
    @pytest.mark.parametrize("passed", [DMARC, ""])
    @pytest.mark.parametrize("subject", ABSENCES)
    def test_without_headers_is_kept_and_told_to_nobody(
        self, world: World, ticket: Ticket, subject: str, passed: str
    ) -> None:
        token = address(ticket, Role.AGENT)
        mail = written(ADAS, subject, AWAY, To=token, Message_ID="<a@x>")
        assert get(world, mail, token, passed=passed) == "automatic"
        message, now = kept(world), only(world)
        assert (message.visibility, message.outbox, message.text) == (Visibility.INTERNAL, None, AWAY.strip())
        assert (message.remarks, message.automatic) == ((Remark.AUTOMATIC,), MARKS)
        assert (now.clocks, now.state) == (ticket.clocks, State.OPEN)

    def test_an_answer_by_the_reference_or_an_id_starts_no_loop(self, world: World, ticket: Ticket) -> None:
        subject = f"Automatic reply: [{ticket.ref}] Question"
        get(world, written(ADAS, subject, AWAY, To=CARE, Message_ID="<a@x>"), passed=DMARC)
        assert (kept(world).remarks, kept(world).outbox) == ((Remark.AUTOMATIC,), None)

    def test_where_the_ticket_is_gone_nobody_is_told(self, world: World, ticket: Ticket) -> None:
        token = address(ticket, Role.AGENT)
        world.store.tickets.clear()
        mail = written(ADAS, "Out of Office: Question", AWAY, To=token, Message_ID="<a@x>")
        assert get(world, mail, token, passed=DMARC) == "automatic"
        found = only(world)
        assert (found.state, found.outbox, found.opening.automatic) == (State.QUARANTINED, None, MARKS)

    @pytest.mark.parametrize("subject", NO_ABSENCES)
    def test_an_agents_answer_with_such_a_word_is_sent(self, world: World, ticket: Ticket, subject: str) -> None:
        token = address(ticket, Role.AGENT)
        get(world, written(ADAS, subject, "It comes.\n", To=token, Message_ID="<a@x>"), token, passed=DMARC)
        assert (kept(world).automatic, purposes(kept(world))) == ((), [(Purpose.ANSWER, MIRA)])

    def test_an_agent_may_answer_a_customer_who_had_such_a_subject(self, world: World) -> None:
        get(world, written(subject="Out of Office: my lamp"))
        post(world.deps, ItemRef(only(world).ref, None))
        token, told = address(only(world), Role.AGENT), world.mailer.to(ADA)[-1].mail["Subject"]
        assert "Out of Office: my lamp" in told
        get(world, written(ADAS, f"Re: {told}", "It comes.\n", To=token, Message_ID="<a@x>"), token, passed=DMARC)
        assert purposes(kept(world)) == [(Purpose.ANSWER, MIRA)]

    @pytest.mark.parametrize("subject", ABSENCES)
    def test_a_customers_mail_with_such_a_subject_stays_a_persons(
        self, world: World, ticket: Ticket, subject: str
    ) -> None:
        token = address(ticket, Role.CUSTOMER)
        get(world, written(f"Mira <{MIRA}>", subject, AWAY, To=token, Message_ID="<c@x>"), token, passed=DMARC)
        message = kept(world)
        assert (message.visibility, message.author, message.automatic) == (Visibility.SHARED, Author.CUSTOMER, ())

    @pytest.mark.parametrize("subject", ABSENCES)
    def test_what_an_agent_writes_without_a_ticket_is_seen(self, world: World, subject: str) -> None:
        get(world, written(ADAS, subject, AWAY, Message_ID="<a@x>"), passed=DMARC)
        assert (only(world).state, only(world).opening.automatic) == (State.OPEN, ())


class TestRecalls:
    """Outlook's request to recall a mail."""

    SUBJECT, WORDS = "Recall: Re: Question", 'Ada Lindqvist would like to recall the message, "Re: Question".\n'

    @pytest.mark.parametrize(("to", "cc"), [("{token}", None), (MIRA, "{token}"), (MIRA, CARE)])
    def test_of_an_agent_is_kept_and_the_agent_is_told(
        self, world: World, ticket: Ticket, to: str, cc: str | None
    ) -> None:
        token = address(ticket, Role.AGENT)
        ids = {"References": f"<{ticket.opening.message_id}>", "Message_ID": "<a@x>"}
        more = {"Cc": cc.format(token=token)} if cc else {}
        mail = written(ADAS, self.SUBJECT, self.WORDS, To=to.format(token=token), **ids, **more)
        get(world, mail, CARE if cc == CARE else token, passed=DMARC)
        message, now = kept(world), only(world)
        assert (message.visibility, message.remarks) == (Visibility.INTERNAL, (Remark.RECALL,))
        assert purposes(message) == [(Purpose.NOT_DELIVERED, ADA)]
        assert (now.clocks, now.state) == (ticket.clocks, State.OPEN)
        post(world.deps, ItemRef(ticket.ref, message.id))
        assert "An answer that has left cannot be recalled" in " ".join(world.mailer.to(ADA)[-1].text.split())
        assert len(world.mailer.to(MIRA)) == 1  # the confirmation

    def test_of_a_customer_is_read_as_ever(self, world: World, ticket: Ticket) -> None:
        token = address(ticket, Role.CUSTOMER)
        words = 'Mira Holm would like to recall the message, "Lamp".\n'
        get(world, written(f"Mira Holm <{MIRA}>", "Recall: Lamp", words, To=token, Message_ID="<c@x>"), token)
        assert (kept(world).visibility, kept(world).author) == (Visibility.SHARED, Author.CUSTOMER)

    def test_of_a_customer_without_a_ticket_opens_one(self, world: World) -> None:
        words = 'Mira Holm would like to recall the message, "Lamp".\n'
        get(world, written(f"Mira Holm <{MIRA}>", "Recall: Lamp", words, Message_ID="<c@x>"), passed=DMARC)
        assert (only(world).state, only(world).opening.text) == (State.OPEN, words.strip())
