"""Erasing a person from other people's tickets: concurrent changes, raw mails that name them in any encoding, long
texts, drafts and notes. The log never names them."""

import base64
import copy
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.errors import AftercareError, InvalidLink
from chalicelib.mail.bodies import all_text
from chalicelib.rules.privacy.hash_chain import head_of
from chalicelib.rules.tickets.ticket import Change, Person, Ticket
from chalicelib.services.customer import customer_page, rating
from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.privacy import erasing, rectifying, retention, subjects
from chalicelib.services.tickets import indexing, links
from chalicelib.services.tickets.answers import drafts
from chalicelib.services.tickets.indexing import blinded
from tests.support import agents, records, samples
from tests.support.agents import ADA
from tests.support.records import found, state
from tests.support.scenarios import AGENTS_WORD, CARE, JON, WILMA, Life, Somebody
from tests.support.scenarios import _arrives as arrives
from tests.support.store import faults
from tests.support.store.fakes import START, FakeRun, World
from tests.support.store.fakes import world as new_world
from tests.unit.services.privacy.test_erasing import erase
from tests.unit.services.privacy.test_purging import copied

COURT = "A court asked for it"


@pytest.fixture
def world() -> World:
    return new_world(limits_on=False)


@dataclass(slots=True)
class Meanwhile(faults.Fault):
    """Run `act` before request `at`, optionally followed by a crash."""

    act: Callable[[], object] = lambda: None
    dies: bool = False

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **named: Any) -> Any:
            self.seen += 1
            if self.seen == self.at:
                self.act()
                if self.dies:
                    raise faults.Died
            return call(*args, **named)

        return called


def two_that_are_one() -> tuple[World, str, str]:
    """Two merged tickets of Jon's, in both of which Wilma wrote, once at length; and one of her own."""
    world = new_world(limits_on=False)
    life = Life(world)
    life.do("mail", JON, 1, 0)  # with her in copy
    life.do("mail", JON, 9, 2)  # that names her and is too long for the table
    life.do("form", WILMA, 0, 0)
    first, second, hers = world.store.tickets
    for number in (0, 1):
        life.do("reply", WILMA, number, 0)
        life.do("find", WILMA, number, 0)
    agents.acts(world, "merge", second, into=first, anyway="yes")
    life.flows()
    life.closes_all()
    return world, first, hers


def holds(world: World, *refs: str) -> None:
    for ref in refs:
        with suppress(AftercareError):
            agents.acts(world, "place_legal_hold", ref, reason=COURT)


class TestAHoldDuringTheErasure:
    @pytest.mark.parametrize("dies", [False, True])
    def test_a_hold_either_keeps_everything_of_a_ticket_or_comes_too_late(self, dies: bool) -> None:
        begun, his, hers = two_that_are_one()
        counted = faults.Fault()
        whole = copied(begun)
        erasing.erase_subject(faults.fragile(whole.deps, counted), event(), FakeRun())
        assert found(whole, *WILMA.traces) == []
        outcomes = set()
        for at in range(1, counted.seen + 1):
            world = copied(begun)
            between = Meanwhile(at, act=lambda world=world: holds(world, his, hers), dies=dies)  # type: ignore[misc]
            with suppress(faults.Died):
                erasing.erase_subject(faults.fragile(world.deps, between), event(), FakeRun())
            kept = {one["reference"] for one in erase(world)["kept"]}
            for ref, joined in ((his, begun.store.tickets[his].merged_from), (hers, ())):
                refs = {ref, *joined}
                if ref in kept:
                    assert all_of(world, refs) == all_of(begun, refs), at
                else:
                    assert not [text for text in found(world, *WILMA.traces) if any(each in text for each in refs)], at
                outcomes.add((ref in kept, ref))
            if his not in kept:
                assert world.store.tickets[his].custody.legal_hold in (COURT, None)
                assert all(ticket.custody.leaving == () for ticket in world.store.tickets.values())
            if not kept:
                assert found(world, *WILMA.traces) == []
        assert outcomes == {(True, his), (False, his), (True, hers), (False, hers)}

    def test_a_hold_stays_on_a_half_erased_ticket(self) -> None:
        world, his, _ = two_that_are_one()
        world.store.before_commit = lambda change: (
            holds(world, his) if change.messages and not world.store.tickets[his].custody.legal_hold else None
        )
        erase(world)
        assert world.store.tickets[his].custody.legal_hold == COURT
        assert found(world, *WILMA.traces) == []


class TestAMergeDuringTheErasure:
    def test_the_merged_ticket_is_erased_too(self) -> None:
        begun, his, _ = two_that_are_one()
        life = Life(begun, number=50)
        life.do("mail", JON, 1, 2)  # which names her
        *_, third = begun.store.tickets
        agents.acts(begun, "close", third, outcome="settled", reason="Done.")
        life.flows()
        counted = faults.Fault()
        erasing.erase_subject(faults.fragile(copied(begun).deps, counted), event(), FakeRun())
        halves = 0
        for at in range(1, counted.seen + 1, 3):
            world = copied(begun)
            with suppress(faults.Died):
                erasing.erase_subject(faults.fragile(world.deps, faults.Fault(at)), event(), FakeRun())
            halves += bool(world.store.tickets[his].custody.leaving)
            agents.acts(world, "merge", third, into=his, anyway="yes")
            records.indexed(world)
            assert erase(world)["complete"]
            assert found(world, *WILMA.traces) == []
        assert halves


def all_of(world: World, refs: set[str]) -> Any:
    """Messages, openings and files of these tickets: what a hold must preserve."""
    messages = {key: message for key, message in world.store.messages.items() if key[0] in refs}
    openings = {ref: world.store.tickets[ref].opening for ref in refs}
    files = {key: kept for key, kept in world.files.kept.items() if key.split("/")[1] in refs}
    return copy.deepcopy((messages, openings, files))


def event() -> dict[str, Any]:
    said = {"shop": "northlight", "email": WILMA.address, "confirm": WILMA.address}
    return said | {"reason": "Asked for by letter of 3 November"}


class TestKilledRuns:
    def test_a_run_killed_while_rewriting_a_long_text_loses_nothing_of_it(self) -> None:
        begun, *_ = two_that_are_one()
        counted = faults.Fault()
        whole = copied(begun)
        erasing.erase_subject(faults.fragile(whole.deps, counted), event(), FakeRun())
        (long,) = [ticket for ticket in whole.store.tickets.values() if ticket.opening.text_key]
        assert JON.word in whole.files.kept[str(long.opening.text_key)][0].decode()
        for fault in faults.every_death(counted.seen):
            dying = copied(begun)
            with pytest.raises(faults.Died):
                erasing.erase_subject(faults.fragile(dying.deps, fault), event(), FakeRun())
            erase(dying)
            assert but_for_versions(state(dying)) == but_for_versions(state(whole)), fault


def but_for_versions(state: dict[str, Any]) -> dict[str, Any]:
    """The state without what differs between runs that needed more versions: the version numbers and the chain in the
    log's head."""
    return state | {"tickets": {ref: _but_for_version(ticket) for ref, ticket in state["tickets"].items()}}


def _but_for_version(ticket: Ticket) -> Ticket:
    head = head_of(ticket.log_head)
    custody = replace(ticket.custody, log_head=str(head and replace(head, version=0, seal="")))
    return replace(ticket, version=0, custody=custody)


def plain(text: str, subtype: str = "plain", charset: str = "utf-8", cte: str = "base64") -> EmailMessage:
    mail = EmailMessage()
    mail.set_content(text, subtype=subtype, charset=charset, cte=cte)
    return mail


def with_topic(topic: str) -> EmailMessage:
    mail = EmailMessage()
    mail.set_content("Hello")
    mail["X-Thread-Topic"] = topic
    return mail


def attached(inner: EmailMessage) -> EmailMessage:
    mail = EmailMessage()
    mail.set_content("See the attached mail.")
    mail.add_attachment(inner)
    return mail


def with_file(content: bytes, name: str = "notes.csv") -> EmailMessage:
    mail = EmailMessage()
    mail.set_content("See the attached file.")
    mail.add_attachment(content, "text", "csv", filename=name)
    return mail


# Python's own composer would decode an encoded word, and write it as it is if it is ASCII.
ENCODED = b"=?utf-8?b?" + base64.b64encode(WILMA.address.encode()) + b"?="
PLACE = "place-of-an-encoded-word"
HERS = f"My sister {WILMA.address} has one too. Grüße"
MAILS = {
    "base64": plain(HERS),
    "quoted-printable": plain(HERS, cte="quoted-printable"),
    "UTF-16": plain(HERS, charset="utf-16"),
    "UTF-7": plain(HERS, charset="utf-7"),
    "HTML": plain(f"<p>{HERS.replace('@', '&#64;')}</p>", "html"),
    "HTML in pieces": plain(f"<p>{HERS.replace('@', '<b>@</b>')}</p>", "html"),
    "HTML's link": plain(f'<a href="mailto:{WILMA.address.replace("@", "%40")}">her</a>', "html"),
    "header": with_topic(PLACE),
    "quotes": plain(HERS.replace("wilma@", '"wilma"@')),
    "two lines": plain(HERS.replace("@", "@\n ")),
    "escapes within escapes": plain(HERS.replace("@", "%2540")),
    "attached mail": attached(plain(HERS)),
    "mail in an attached mail": attached(attached(plain(HERS))),
    "attached mail's header": attached(with_topic(PLACE)),
    "attached text": with_file(HERS.encode()),
    "attached text's name": with_file(b"nothing", f"für {WILMA.address}.csv"),
}


class TestOriginalMails:
    @pytest.mark.parametrize("code", MAILS)
    def test_raw_mails_that_name_them_in_any_encoding_are_deleted(self, world: World, code: str) -> None:
        raw_keys = arrived(world, MAILS[code])
        assert raw_keys <= world.files.kept.keys()
        erase(world)
        assert not raw_keys & world.files.kept.keys()
        assert not {key.rpartition("/")[2] for key in raw_keys} & {key.rpartition("/")[2] for key in world.files.raw}

    @pytest.mark.parametrize(
        "mail",
        [plain("Of my sister's. Grüße"), attached(plain("An.wilma@quaste.example.org")), with_topic("Grüße")],
        ids=["of nobody", "of somebody else", "header"],
    )
    def test_raw_mails_that_do_not_name_them_are_kept(self, world: World, mail: EmailMessage) -> None:
        raw_keys = arrived(world, mail)
        erase(world)
        assert raw_keys <= world.files.kept.keys()

    def test_any_raw_mail_is_searched_within_limits(self) -> None:
        nested = plain(HERS)
        for _ in range(40):
            nested = attached(nested)
        for raw in (nested.as_bytes(), b"", b"\x00\xff" * 1000, b"Content-Type: multipart/mixed\n\n--x\n" * 1000):
            assert sum(map(len, all_text.texts(raw))) < 200 * len(raw) + 1000

    def test_unreadable_raw_mails_are_deleted_only_if_their_bytes_name_them(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def unreadable(raw: bytes) -> None:
            raise RecursionError

        monkeypatch.setattr(all_text, "texts", unreadable)
        (encoded,) = arrived(world, plain(HERS))
        (open_,) = arrived(world, plain(HERS.replace("ü", "ue").replace("ß", "ss"), charset="ascii", cte="7bit"))
        erase(world)
        assert encoded in world.files.kept
        assert open_ not in world.files.kept


def arrived(world: World, mail: EmailMessage) -> set[str]:
    """The raw mails of a closed ticket of Jon's in which Wilma took part, and which this mail opened."""
    mail["From"], mail["To"], mail["Subject"] = f"{JON.name} <{JON.address}>", CARE, "About a lamp"
    mail["Message-ID"] = f"<{len(world.store.tickets)}@m.example>"
    raw = mail.as_bytes().replace(PLACE.encode(), ENCODED)
    receive(world.deps, MailReceived(world.arrives(raw), (CARE,)))
    *_, ticket = world.store.tickets.values()
    assert ticket.requester.address == JON.address
    agents.acts(world, "note", ticket.ref, text=f"His sister is {WILMA.address}.")
    records.closed(world, ticket.ref)
    records.indexed(world)
    return {str(ticket.opening.raw_key)}


class TestOnlyNamed:
    @pytest.mark.parametrize(
        ("action", "fields"),
        [
            ("find", {"fault": "courier", "reason": HERS}),
            ("remedy", {"remedy_kind": "refund", "owed_by": "seller", "note": HERS}),
            ("claim", {"product": HERS, "serial": "1"}),
            ("tag", {"tags": f"sister,{WILMA.address}"}),
            ("place_legal_hold", {"reason": HERS}),
            ("change", {"order_number": WILMA.address}),
        ],
    )
    def test_a_ticket_is_found_by_an_agents_note_through_the_table_stream(
        self, world: World, action: str, fields: dict[str, str]
    ) -> None:
        agents.opened(world)
        agents.acts(world, action, samples.REF, **fields)
        assert world.store.log[-1][1].action.names_people
        indexing.index(world.deps, samples.REF)
        assert samples.REF in list(subjects.mentions(world.deps, world.shop, WILMA.address))

    def test_a_changed_note_leaves_no_index_word_after_a_purge(self, world: World) -> None:
        agents.opened(world)
        for reason in (HERS, "It was dropped."):
            agents.acts(world, "find", samples.REF, fault="courier", reason=reason)
            records.indexed(world)
            indexing.index(world.deps, samples.REF)
        agents.acts(world, "change", samples.REF, order_number=WILMA.address)
        indexing.index(world.deps, samples.REF)
        agents.acts(world, "change", samples.REF, order_number="NL-1")
        records.closed(world, samples.REF)
        world.clock.at += timedelta(days=12 * 366)
        records.purge(world)
        assert not any(world.store.words.values())

    def test_their_address_in_another_persons_words_is_erased(self, world: World) -> None:
        agents.opened(world, text=HERS)
        records.closed(world, samples.REF)
        records.indexed(world)
        assert erase(world)["anonymised"] == 1
        assert found(world, WILMA.address) == []
        assert "My sister [erased] has one too." in world.store.tickets[samples.REF].opening.text

    def test_their_address_in_a_draft_is_erased(self, world: World) -> None:
        agents.opened(world, participants=(WILMA.address,))
        drafts.save_draft(world.deps, world.shop, samples.REF, ADA, f"Dear {WILMA.address}, dear Mira")
        records.closed(world, samples.REF)
        records.indexed(world)
        world.clock.at += timedelta(days=31)
        erase(world)
        ((draft, until),) = world.store.saved.values()
        assert (draft.text, draft.at) == ("Dear [erased], dear Mira", START)
        assert until == START + drafts.DRAFT_LIFE


class TestTheLog:
    def test_the_log_names_only_agents_and_third_parties_of_the_policy(self, world: World) -> None:
        ticket = agents.opened(world)
        agents.acts(world, "assign", ticket.ref, to=ADA)
        agents.acts(world, "close", ticket.ref, outcome="settled", reason=f"{WILMA.address} and {ADA} agreed")
        details = [detail for _, _, detail in agents.log(world)]
        assert f"agent={ADA}" in details
        assert f'outcome=settled reason="[…@…] and {ADA} agreed"' in details

    def test_the_log_of_each_ticket_says_once_that_a_person_was_erased(self) -> None:
        world, his, _ = two_that_are_one()
        erase(world)
        said = [ref for ref, entry in world.store.log if entry.action == "erased somebody who took part"]
        assert sorted(said) == sorted((his, *world.store.tickets[his].merged_from))


MAX = Somebody("Max Wegner", "max@weg.example", "+49 40 5550177", "himbeereis")


def of_a_third() -> World:
    """A closed ticket of Max's; its text is too long for the table and names both of the others."""
    world = new_world(limits_on=False)
    life = Life(world, number=4)
    text = f"I asked {WILMA.address} and {JON.address}. " + f"{MAX.word} " * 8000
    arrives(life, MAX, CARE, text)
    life.flows()
    life.closes_all()
    return world


class TestTwoErasuresFromOneText:
    @pytest.mark.parametrize("dies", [True, False])
    def test_both_people_stay_erased_in_any_order_of_the_runs(self, dies: bool) -> None:
        begun, counted = of_a_third(), faults.Fault()
        erasing.erase_subject(faults.fragile(copied(begun).deps, counted), event(), FakeRun())
        came_back = 0
        for at in range(1, counted.seen + 1):
            world = copied(begun)

            def his(world: World = world) -> None:
                assert erase(world, email=JON.address, confirm=JON.address)["complete"]

            with suppress(faults.Died):
                between = Meanwhile(at, act=his, dies=dies)
                erasing.erase_subject(faults.fragile(world.deps, between), event(), FakeRun())
            assert not dies or found(world, JON.address) == [], at
            came_back += erase(world)["anonymised"]
            assert found(world, JON.address, WILMA.address) == [], at
            (ticket,) = world.store.tickets.values()
            whole = world.files.kept[str(ticket.opening.text_key)][0].decode()
            assert whole.count(MAX.word) == 8000
            assert whole.startswith("I asked [erased] and [erased].")
            assert [key for key in world.files.kept if "/text-" in key] == [ticket.opening.text_key]
        assert bool(came_back) == dies


class TestAMailReceivedAgainDuringTheErasure:
    def test_it_leaves_no_file_that_no_ticket_refers_to(self) -> None:
        begun = new_world(limits_on=False)
        life = Life(begun)
        life.do("mail", JON, 1, 0)
        life.do("reply", WILMA, 0, 0)
        life.do("reply", JON, 0, 0)
        life.closes_all()
        counted = faults.Fault()
        erasing.erase_subject(faults.fragile(copied(begun).deps, counted), event(), FakeRun())
        for at in range(1, counted.seen + 1):
            for key in begun.files.raw:
                world = copied(begun)

                def again(world: World = world, key: str = key) -> None:
                    with suppress(AftercareError):
                        receive(world.deps, MailReceived(key, (CARE,)))
                    agents.stream(world)
                    records.indexed(world)

                between = Meanwhile(at, act=again)
                erasing.erase_subject(faults.fragile(world.deps, between), event(), FakeRun())
                records.indexed(world)
                assert erase(world)["complete"]
                assert found(world, *WILMA.traces) == [], (at, key)
                assert found(world, JON.word)

    def test_a_copy_read_before_the_deletion_leaves_nothing_either(self, world: World) -> None:
        life = Life(world)
        life.do("mail", JON, 1, 0)
        life.do("reply", WILMA, 0, 0)
        life.closes_all()
        erase_files, filed = world.files.erase_files, list[str]()

        def erased(keys: Iterable[str]) -> None:
            named = list(keys)
            again = {} if filed else {key: world.files.kept[key] for key in named}
            erase_files(named)
            world.files.kept.update(again)
            filed.extend(again)

        world.files.erase_files = erased  # type: ignore[method-assign]
        erase(world)
        assert len(filed) > 1
        assert found(world, *WILMA.traces) == []


@dataclass(frozen=True, slots=True)
class Joined:
    """Jon's ticket was merged into Wilma's, and both had been answered there; then she was erased. `links` were hers
    and his."""

    world: World
    hers: str
    his: str
    links: tuple[str, str]


@pytest.fixture
def joined() -> Joined:
    world = new_world(limits_on=False)
    life = Life(world)
    for who in (WILMA, JON):
        life.do("form", who, 0, 0)
    hers, his = world.store.tickets
    agents.acts(world, "answer", hers, text=f"We send a lamp to Quastenweg. {AGENTS_WORD}")
    links_given = tuple(
        links.status_url(world.deps, world.store.tickets[ref]).rpartition("/")[2] for ref in (hers, his)
    )
    agents.acts(world, "merge", his, into=hers, anyway=True)
    life.closes_all()
    erase(world)
    world.mailer.sent.clear()
    return Joined(world, hers, his, (links_given[0], links_given[1]))


class TestATicketOfAnErasedCustomer:
    def test_it_continues_as_the_merged_tickets_customers(self, joined: Joined) -> None:
        ticket = joined.world.store.tickets[joined.hers]
        assert (ticket.requester.address, ticket.participants) == (JON.address, ())
        customer_page.reply(joined.world.deps, joined.links[1], {"message": "And mine?"}, [])
        agents.acts(joined.world, "answer", joined.hers, text="Yours comes too.")
        agents.stream(joined.world)
        assert [mail.recipient for mail in joined.world.mailer.sent if "Yours comes" in mail.text] == [JON.address]

    def test_the_new_customer_does_not_see_what_was_said_to_the_erased_one(self, joined: Joined) -> None:
        agents.acts(joined.world, "reopen", joined.hers, reason="He asked.")
        agents.acts(joined.world, "answer", joined.hers, text="Yours comes too.")
        seen = customer_page.view(joined.world.deps, joined.links[1])
        assert seen.ticket.ref == joined.hers
        said = [entry["text"] for entry in seen.entries]
        assert [text for text in said if JON.word in text]
        assert "Yours comes too." in said
        assert not [text for text in said if AGENTS_WORD in text or not text]

    def test_the_erased_customers_link_is_refused(self, joined: Joined) -> None:
        with pytest.raises(InvalidLink):
            customer_page.view(joined.world.deps, joined.links[0])
        with pytest.raises(InvalidLink):
            customer_page.reply(joined.world.deps, joined.links[0], {"message": "Hello?"}, [])

    def test_a_reply_during_the_erasure_is_refused(self, world: World) -> None:
        ticket = agents.opened(world, participants=(WILMA.address,))
        token = links.status_url(world.deps, ticket).rpartition("/")[2]
        world.store.before_commit = lambda change: world.store.tickets.update(
            {ticket.ref: replace(ticket, requester=Person("", ""), version=ticket.version + 1)}
        )
        with pytest.raises(InvalidLink):
            customer_page.reply(world.deps, token, {"message": "Hello?"}, [])
        assert not world.store.messages

    def test_it_is_found_by_none_of_their_words(self, world: World) -> None:
        life = Life(world)
        for who in (WILMA, JON):
            life.do("form", who, 0, 0)
        hers, his = world.store.tickets
        fields = {"shop": "northlight", "email": WILMA.address, "name": "Wilma Nachtigall"}
        rectifying.rectify_subject(world.deps, fields, FakeRun())
        agents.acts(world, "close", hers, outcome="settled", reason="Done.")
        life.flows()
        token = links.status_url(world.deps, world.store.tickets[hers]).rpartition("/")[2]
        for text in ("schauderhaft", "wunderbar"):
            rating.rate(world.deps, token, {"score": "1", "rating_text": text})
            records.indexed(world)
        agents.acts(world, "merge", hers, into=his, anyway=True)
        life.closes_all()
        words = blinded(world.deps, "northlight", ["quastenfloh", "nachtigall", "schauderhaft", "wunderbar"])
        assert all(world.store.words.get(("northlight", word)) for word in words)
        assert erase(world)["anonymised"] == 1
        assert not any(world.store.words.get(("northlight", word)) for word in words)
        assert world.store.tickets[hers].custody.former_words == ()


class TestAHoldOfAMergedTicket:
    def test_it_keeps_its_content_when_merged_into_a_ticket_being_anonymised(self, world: World) -> None:
        life = Life(world)
        for _ in range(2):
            life.do("mail", JON, 1, 0)  # with her in copy
            life.do("reply", WILMA, len(world.store.tickets) - 1, 0)
        life.closes_all()
        counted, refs = faults.Fault(), set(world.store.tickets)
        erasing.erase_subject(faults.fragile(copied(world).deps, counted), event(), FakeRun())
        for at in range(1, counted.seen + 1):  # until one of the two has begun
            with suppress(faults.Died):
                erasing.erase_subject(faults.fragile(world.deps, faults.Fault(at)), event(), FakeRun())
            if any(ticket.custody.leaving for ticket in world.store.tickets.values()):
                break
        (marked,) = [ref for ref, ticket in world.store.tickets.items() if ticket.custody.leaving]
        (other,) = refs - {marked}
        agents.acts(world, "place_legal_hold", other, reason=COURT)
        before = all_of(world, {other})
        agents.acts(world, "merge", other, into=marked, anyway="yes")
        records.indexed(world)
        erase(world)
        assert all_of(world, {other}) == before
        assert world.store.tickets[marked].custody.leaving == ()
        assert not [text for text in found(world, *WILMA.traces) if marked in text]
        assert [one["reference"] for one in erase(world)["kept"]] == [marked]
        for ref in (marked, other):
            said = {"shop": "northlight", "reference": ref, "reason": "The case is closed"}
            retention.lift_legal_hold(world.deps, said)
        erase(world)
        assert found(world, *WILMA.traces) == []


class TestVeryLongConversations:
    def test_they_are_changed_in_requests_within_the_size_limit(self, world: World) -> None:
        ticket = agents.opened(world, participants=(WILMA.address,))
        for number in range(80):
            reply = samples.message_of(samples.reply(ticket, text=f"{HERS}. {'y' * 64_000}"))
            world.store.commit(Change(messages=(replace(reply, id=f"m{number}"),)))
        records.closed(world, samples.REF)
        records.indexed(world)
        assert erase(world)["anonymised"] == 1
        assert found(world, WILMA.address) == []
