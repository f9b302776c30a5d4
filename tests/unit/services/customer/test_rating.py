"""A rating, from the customer's page to exports, reports and search; it is deleted with its ticket or its customer."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.errors import InvalidFields, InvalidLink
from chalicelib.rendering import words
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.rules.procedure import rating as rules
from chalicelib.rules.procedure.rating import LIFE
from chalicelib.rules.tickets.procedure_facts import Outcome, Rating
from chalicelib.rules.tickets.ticket import Change, Person, State, Ticket, evolve
from chalicelib.services.actions import due_work
from chalicelib.services.customer import customer_page, rating
from chalicelib.services.delivery import bouncing
from chalicelib.services.desk import searching, ticket_view
from chalicelib.services.exports import reporting, subject_exports, ticket_exports
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.privacy import auditing, erasing
from chalicelib.services.tickets import indexing, links
from chalicelib.services.tickets.commits import commit
from tests.support import agents, records, samples
from tests.support.agents import MIRA
from tests.support.scenarios import whole_life
from tests.support.store.fakes import START, FakeRun, World

JO = Person("Jo Bystander", "jo.bystander@example.org")
DAY = START.date().isoformat()


@pytest.fixture
def ticket(world: World) -> Ticket:
    agents.opened(world)
    return records.closed(world, samples.REF)


def token(world: World, ref: str = samples.REF) -> str:
    return links.status_url(world.deps, world.store.tickets[ref]).rpartition("/")[2]


def rates(world: World, score: int = 4, text: str = "") -> Rating | None:
    rating.rate(world.deps, token(world), {"score": str(score), "rating_text": text})
    return given(world)


def kept(world: World) -> Rating | None:
    return world.store.tickets[samples.REF].rating


def given(world: World) -> Rating | None:
    """The rating without what is told about it."""
    rating = kept(world)
    return replace(rating, told_by="") if rating else None


def mails(world: World) -> list[EmailMessage]:
    """The mails about ratings that were sent, after what is owed by now was."""
    agents.stream(world)
    return [mail.mail for mail in world.mailer.sent if world.mailer.tags[mail.id]["purpose"] == "rated"]


def stands_under(world: World, word: str) -> bool:
    (blinded,) = indexing.blinded(world.deps, "northlight", [word])
    return bool(world.store.words.get(("northlight", blinded)))


def notes(world: World, monkeypatch: pytest.MonkeyPatch, first: Change) -> None:
    """Commit another change just before the next commit."""
    plain = world.store.commit

    def later(change: Change) -> None:
        monkeypatch.setattr(world.store, "commit", plain)
        plain(first)
        raise VersionConflict("somebody else was quicker")

    monkeypatch.setattr(world.store, "commit", later)


class TestRating:
    def test_the_rating_is_stored_and_the_log_has_only_its_score(self, world: World, ticket: Ticket) -> None:
        assert rates(world, 4, "Kind people.") == Rating(4, "Kind people.", world.clock(), counted_as="complaint")
        assert agents.log(world)[-1] == ("customer", "rated", "score=4")

    def test_the_tickets_hash_chain_still_verifies(self, world: World) -> None:
        commit(world.deps, Change(samples.ticket()))
        records.closed(world, samples.REF)
        rates(world)
        ticket_partition = world.store.ticket_partition(samples.REF)
        assert ticket_partition and set(auditing.verdicts(world.deps, samples.REF, ticket_partition).values()) == {
            Verdict.WHOLE
        }

    def test_the_same_rating_twice_is_stored_once(self, world: World, ticket: Ticket) -> None:
        rates(world)
        version = world.store.tickets[samples.REF].version
        rates(world)
        assert world.store.tickets[samples.REF].version == version

    def test_viewing_the_page_records_nothing(self, world: World, ticket: Ticket) -> None:
        seen = customer_page.view(world.deps, token(world))
        assert seen.rate_until
        assert not seen.rating_taken
        assert world.store.tickets[samples.REF] == ticket

    def test_a_ticket_reopened_concurrently_is_not_rated(
        self, world: World, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        notes(world, monkeypatch, Change(evolve(ticket, state=State.OPEN, closed_at=None, outcome=None)))
        with pytest.raises(InvalidFields):
            rates(world)
        assert kept(world) is None

    def test_a_concurrent_other_change_does_not_stop_the_rating(
        self, world: World, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        notes(world, monkeypatch, Change(evolve(ticket, tags=("lamp",))))
        assert rates(world, 5)
        assert world.store.tickets[samples.REF].tags == ("lamp",)

    def test_a_withdrawn_link_is_refused(self, world: World, ticket: Ticket) -> None:
        old = token(world)
        world.store.commit(Change(evolve(ticket, link_version=2)))
        with pytest.raises(InvalidLink):
            rating.rate(world.deps, old, {"score": "5"})
        assert kept(world) is None

    def test_a_merged_tickets_link_rates_the_target(self, world: World) -> None:
        agents.opened(world)
        agents.opened(world, ref="NL-7K3F9-QXMT3")
        joined = token(world, "NL-7K3F9-QXMT3")
        agents.acts(world, "merge", "NL-7K3F9-QXMT3", into=samples.REF)
        records.closed(world, samples.REF)
        rating.rate(world.deps, joined, {"score": "2"})
        assert given(world) == Rating(2, "", world.clock(), counted_as="complaint")
        assert world.store.tickets["NL-7K3F9-QXMT3"].rating is None

    def test_spam_offers_no_rating(self, world: World) -> None:
        agents.opened(world)
        records.closed(world, samples.REF, Outcome.SPAM)
        assert customer_page.view(world.deps, token(world)).rate_until is None
        with pytest.raises(InvalidFields):
            rates(world)


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return " ".join(part.get_content().split())


def after_five_minutes(world: World) -> list[EmailMessage]:
    world.clock.advance(minutes=5)
    due_work.look_after_due(world.deps)
    return mails(world)


class TestMail:
    def test_it_says_what_was_noted_when_and_how_to_undo_it(self, world: World, ticket: Ticket) -> None:
        rates(world, 2, "Slow, see www.evil.example")
        (mail,) = mails(world)
        assert (mail["To"], f"[{samples.REF}]" in mail["Subject"]) == ("Mira Holm <mira.holm@example.com>", True)
        told = body(mail)
        assert "Unhappy" in told
        assert "> Slow, see www. evil. example" in told
        assert words.moment(world.clock(), world.shop.timezone, "en") in told
        assert f"{links.status_url(world.deps, world.store.tickets[samples.REF])}#rating" in told
        assert "take the rating back" in told.lower()

    def test_what_is_pressed_within_minutes_is_told_in_one_mail_with_what_stands(
        self, world: World, ticket: Ticket
    ) -> None:
        for score in (1, 2, 3, 4, 5):
            rates(world, score)
            assert len(mails(world)) == 1
            world.clock.advance(seconds=20)
        rating.withdraw(world.deps, token(world))
        first, second = after_five_minutes(world)
        assert "Very unhappy" in body(first)
        assert "no figure counts it" in body(second)
        assert len(after_five_minutes(world)) == 2

    def test_the_same_form_twice_sends_nothing(self, world: World, ticket: Ticket) -> None:
        for _ in range(3):
            rating.rate(world.deps, token(world), {"score": "4"}, nonce="n")
        assert len(mails(world)) == 1
        assert len(after_five_minutes(world)) == 1

    def test_a_reply_to_it_joins_the_ticket(self, world: World, ticket: Ticket) -> None:
        rates(world)
        (mail,) = mails(world)
        assert "+" in mail["Reply-To"]

    def test_a_suppressed_address_gets_none(self, world: World, ticket: Ticket) -> None:
        key = bouncing.address_key(world.deps, MIRA)
        world.deps.suppressions.suppress(key, "bounce", world.clock() + LIFE)
        rates(world)
        assert mails(world) == []

    def test_it_is_owed_to_nobody_after_an_erasure(self, world: World, ticket: Ticket) -> None:
        rates(world)
        assert len(mails(world)) == 1
        rates(world, 1)
        event = {"shop": "northlight", "email": MIRA, "confirm": MIRA, "reason": "Asked for by letter"}
        erasing.erase_subject(world.deps, event, FakeRun())
        assert len(after_five_minutes(world)) <= 2
        erasing.erase_subject(world.deps, event, FakeRun())
        assert all(MIRA not in repr(item) for item in (*world.store.tickets.values(), *world.store.messages.values()))

    def test_two_presses_at_once_leave_one_rating_and_one_mail(
        self, world: World, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = rules.rated(ticket, {"score": "1"}, rules.Pressed(world.clock(), "elsewhere"))
        assert other
        notes(world, monkeypatch, other)
        rates(world, 5)
        assert given(world) == Rating(5, "", world.clock(), 1, counted_as="complaint")
        assert "Very happy" in body(*mails(world))


class TestTakingBack:
    def test_no_figure_and_no_export_has_it(self, world: World, ticket: Ticket) -> None:
        rates(world, 2, "Thoroughly unbefriedigend")
        rating.withdraw(world.deps, token(world))
        days = {"shop": "northlight", "from": DAY, "to": DAY}
        assert reporting.report(world.deps, days, FakeRun())["ratings"]["count"] == 0
        answer = ticket_exports.export_tickets(world.deps, days | {"format": "csv"}, FakeRun())
        (row,) = csv.DictReader(io.StringIO(world.files.kept[answer["key"]][0].decode("utf-8-sig"), newline=""))
        assert (row["rating"], row["rating_text"], row["rated_at"]) == ("", "", "")
        assert row["rating_withdrawn_at"] == world.clock().strftime("%Y-%m-%dT%H:%M:%SZ")

    def test_the_log_keeps_that_it_was_and_its_chain_verifies(self, world: World) -> None:
        commit(world.deps, Change(samples.ticket()))
        records.closed(world, samples.REF)
        rates(world)
        rating.withdraw(world.deps, token(world))
        assert agents.log(world)[-1] == ("customer", "rating withdrawn", "")
        ticket_partition = world.store.ticket_partition(samples.REF)
        assert ticket_partition and set(auditing.verdicts(world.deps, samples.REF, ticket_partition).values()) == {
            Verdict.WHOLE
        }

    def test_its_words_leave_the_index_with_the_ticket(self, world: World, ticket: Ticket) -> None:
        rates(world, 3, "unbefriedigend shade")
        indexing.index(world.deps, samples.REF)
        rating.withdraw(world.deps, token(world))
        agents.stream(world)
        world.clock.advance(days=12 * 366)
        assert records.purge(world)["complete"]
        assert not stands_under(world, "unbefriedigend")

    def test_a_receipts_link_takes_nothing_back(self, world: World, ticket: Ticket) -> None:
        rates(world)
        receipt = links.receipt_url(world.deps, world.store.tickets[samples.REF]).rpartition("/")[2]
        with pytest.raises(InvalidLink):
            rating.withdraw(world.deps, receipt)
        assert kept(world)

    def test_without_a_rating_nothing_happens(self, world: World, ticket: Ticket) -> None:
        before = world.store.tickets[samples.REF]
        rating.withdraw(world.deps, token(world))
        assert world.store.tickets[samples.REF] == before


class TestSearching:
    def test_a_ticket_is_found_by_the_words_of_its_rating(self, world: World, ticket: Ticket) -> None:
        rates(world, 1, "Thoroughly unbefriedigend")
        indexing.index(world.deps, samples.REF)
        ada = samples.northlight().agent(agents.ADA)
        assert ada
        found = searching.search(world.deps, {"northlight": ada}, "unbefriedigend", "de")
        assert [row.ref for row in found.rows] == [samples.REF]

    def test_replaced_words_leave_the_index_with_the_ticket(self, world: World, ticket: Ticket) -> None:
        for text in ("unbefriedigend shade", "wonderful shade"):
            rates(world, 3, text)
            indexing.index(world.deps, samples.REF)
        assert all(stands_under(world, word) for word in ("unbefriedigend", "wonderful", "shade"))
        agents.stream(world)
        world.clock.advance(days=12 * 366)
        assert records.purge(world)["complete"]
        assert not any(stands_under(world, word) for word in ("unbefriedigend", "wonderful", "shade"))


class TestShowing:
    def test_an_export_contains_the_rating_and_no_formula(self, world: World, ticket: Ticket) -> None:
        rates(world, 4, "=HYPERLINK(1)")
        event = {"shop": "northlight", "from": DAY, "to": DAY, "format": "csv"}
        answer = ticket_exports.export_tickets(world.deps, event, FakeRun())
        (row,) = csv.DictReader(io.StringIO(world.files.kept[answer["key"]][0].decode("utf-8-sig"), newline=""))
        assert (row["rating"], row["rating_text"]) == ("4", "'=HYPERLINK(1)")
        assert row["rated_at"] == world.clock().strftime("%Y-%m-%dT%H:%M:%SZ")

    def test_a_subject_export_contains_the_rating_as_page_and_json(self, world: World, ticket: Ticket) -> None:
        rates(world, 2, "Slow, and Jo was there.")
        answer = subject_exports.export_subject(world.deps, {"shop": "northlight", "email": MIRA}, FakeRun())
        with zipfile.ZipFile(io.BytesIO(world.files.kept[answer["key"]][0])) as archive:
            told: dict[str, Any] = json.loads(archive.read(f"tickets/{samples.REF}/ticket.json"))
            page = archive.read(f"tickets/{samples.REF}/ticket.html").decode()
        assert (told["facts"]["rating"], told["facts"]["rating_text"]) == ("2", "Slow, and Jo was there.")
        assert "Slow, and Jo was there." in page
        assert "2 of 5: unhappy" in page
        assert ("rated how it was dealt with", "2 of 5: unhappy") in {(e["what"], e["detail"]) for e in told["log"]}

    def test_a_report_counts_ratings(self, world: World, ticket: Ticket) -> None:
        days = {"shop": "northlight", "from": DAY, "to": DAY}
        scores = {"5": 0, "4": 0, "3": 0, "2": 0, "1": 0}
        before = reporting.report(world.deps, days, FakeRun())["ratings"]
        assert before == {"count": 0, "mean": None, "by_score": scores}
        rates(world, 2)
        for number, score in enumerate((5, 5, 4)):
            other = agents.opened(world, ref=f"NL-{number:05d}-00000")
            world.store.commit(Change(evolve(other, rating=Rating(score, "", START))))
        told = reporting.report(world.deps, days, FakeRun())
        assert told["ratings"] == {"count": 4, "mean": 4.0, "by_score": scores | {"5": 2, "4": 1, "2": 1}}
        rows = dict(csv.reader(io.StringIO(world.files.kept[told["key"]][0].decode("utf-8-sig"), newline="")))
        assert (rows["ratings.mean"], rows["ratings.by_score.5"]) == ("4.0", "2")

    def test_agents_see_the_rating(self, world: World, ticket: Ticket) -> None:
        rates(world, 5)
        loaded = ticket_view.load(world.deps, samples.REF, ("northlight",))
        seen = ticket_view.view(world.deps, loaded, samples.inbound().person, "de", "")
        latest = seen.log[0]
        assert (latest.who, latest.what, latest.detail) == (
            "Kundschaft",
            "Bearbeitung bewertet",
            "5 von 5: sehr zufrieden",
        )


class TestErasure:
    def test_erasing_its_customer_removes_the_rating_from_a_kept_ticket(self, world: World) -> None:
        agents.opened(world)
        agents.opened(world, ref="NL-7K3F9-QXMT3", person=JO)
        agents.acts(world, "merge", "NL-7K3F9-QXMT3", into=samples.REF, anyway=True)
        records.closed(world, samples.REF)
        for text in ("unbefriedigend", "wunderbar"):
            rates(world, 1, text)
            records.indexed(world)
            after_five_minutes(world)
        event = {"shop": "northlight", "email": MIRA, "confirm": MIRA, "reason": "Asked for by letter"}
        assert erasing.erase_subject(world.deps, event, FakeRun())["anonymised"] == 1
        assert kept(world) is None
        assert records.found(world, "unbefriedigend", "wunderbar") == []
        assert not stands_under(world, "wunderbar")

    def test_the_scenarios_for_erasure_contain_ratings(self, world: World) -> None:
        whole_life(world)
        ratings = [ticket.rating for ticket in world.store.tickets.values() if ticket.rating]
        assert ratings
        assert any(rating.changes for rating in ratings)
