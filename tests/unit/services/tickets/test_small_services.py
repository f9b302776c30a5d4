"""Small services: filing texts and files, uploads, due work, the quarantine list, and commits."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent, InvalidFields, RateLimited, UnknownFile, UnknownTicket
from chalicelib.mail.attachments import filenames
from chalicelib.rules.intake.submission import LARGEST_UPLOAD
from chalicelib.rules.tickets.outbox import LEASE, MISSED_AFTER
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change, Message, State, evolve
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.intake.submitting import Caller, submit
from chalicelib.services.operations import quarantine
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import filing, links, uploading
from chalicelib.services.tickets.commits import change_ticket
from chalicelib.services.tickets.filing import LONGEST_TEXT, IncomingFile, file_away
from chalicelib.services.tickets.uploading import Uploaded
from tests.support import samples
from tests.support.store.fakes import World, refusing


class TestFiling:
    def test_a_text_over_the_limit_becomes_a_file(self, world: World) -> None:
        for text in ("ä" * (LONGEST_TEXT // 2), "x" * LONGEST_TEXT):
            assert file_away(world.deps, "NL-1", samples.inbound(text=text), []).text == text
        assert world.files.kept == {}
        words = "x" * (LONGEST_TEXT - 1) + "ä"
        filed = file_away(world.deps, "NL-1", samples.inbound(text=words), [])
        assert filed.text_key
        assert filed.text_key.startswith("tickets/NL-1/")
        assert world.files.read(filed.text_key).decode() == words
        assert words.startswith(filed.text)

    def test_filing_twice_keeps_the_same_files_under_the_same_keys(self, world: World) -> None:
        incoming_files = [IncomingFile("a.txt", "text/plain", b"a"), IncomingFile("b.txt", "text/plain", b"a")]
        once = file_away(world.deps, "NL-1", samples.inbound(), incoming_files)
        kept = dict(world.files.kept)
        assert file_away(world.deps, "NL-1", samples.inbound(), incoming_files) == once
        assert world.files.kept == kept
        assert len({file.id for file in once.files}) == 2

    def test_an_upload_is_copied_under_the_ticket(self, world: World) -> None:
        world.files.uploads["uploads/northlight/x"] = (b"large", "video/mp4")
        incoming_file = IncomingFile("film.mp4", "video/mp4", upload="uploads/northlight/x", upload_size=5)
        (file,) = file_away(world.deps, "NL-1", samples.inbound(), [incoming_file]).files
        assert file.size == 5
        assert world.files.read(file.key) == b"large"

    def test_a_text_is_shown_up_to_what_a_mail_holds_and_otherwise_whole(self, world: World) -> None:
        words = "x" * 999_999 + "äö"
        filed = file_away(world.deps, "NL-1", samples.inbound(text=words), [])
        message = replace(samples.ticket().opening, text=filed.text, text_key=filed.text_key)
        assert filing.whole_text(world.deps, message) == words
        assert filing.shown_text(world.deps, message) == words[:-1]

    @pytest.mark.parametrize("text", [filing.whole_text, filing.shown_text])
    def test_a_text_whose_file_is_gone_is_no_text(self, world: World, text: Callable[[Deps, Message], str]) -> None:
        with pytest.raises(UnknownFile):
            text(world.deps, replace(samples.ticket().opening, text_key="tickets/gone"))


class TestUploading:
    ASKED = {"filename": "film.mp4", "content_type": "video/mp4", "size": "20000000"}  # noqa: RUF012

    def begin(self, world: World, **fields: str) -> dict[str, Any]:
        return uploading.begin(world.deps, world.shop, self.ASKED | fields, "192.0.2.1")

    def test_an_upload_becomes_part_of_the_ticket(self, world: World) -> None:
        begun = self.begin(world)
        key = begun["fields"]["key"]
        world.files.uploads[key] = (b"film", "video/mp4")
        incoming_file = uploading.incoming_file(world.deps, world.shop, Uploaded(begun["upload"]))
        ticket = submit(
            world.deps,
            world.shop,
            {"email": "m@example.com", "message": "See"},
            [incoming_file],
            Caller("192.0.2.1", "k"),
        ).ticket
        (file,) = ticket.opening.files
        assert (file.filename, file.content_type, file.size) == ("film.mp4", "video/mp4", 4)
        assert world.files.read(file.key) == b"film"

    def test_two_uploads_have_different_keys(self, world: World) -> None:
        first = self.begin(world)
        world.clock.advance(seconds=1)
        assert self.begin(world)["fields"]["key"] != first["fields"]["key"]

    @pytest.mark.parametrize(
        ("fields", "problem"),
        [
            ({"filename": "\x00 "}, {"filename": "missing"}),
            ({"content_type": "video"}, {"content_type": "unknown"}),
            ({"content_type": "text/html\r\nX-Evil: 1"}, {"content_type": "unknown"}),
            ({"content_type": "ü/x"}, {"content_type": "unknown"}),
            ({"size": "0"}, {"size": "missing"}),
            ({"size": "-1"}, {"size": "missing"}),
            ({"size": "many"}, {"size": "missing"}),
            ({"size": ""}, {"size": "missing"}),
            ({"size": "²"}, {"size": "missing"}),
            ({"size": str(LARGEST_UPLOAD + 1)}, {"size": "attachments_too_large"}),
            ({"size": "1" * 5000}, {"size": "attachments_too_large"}),
        ],
    )
    def test_each_mistake_is_named(self, world: World, fields: dict[str, str], problem: dict[str, str]) -> None:
        with pytest.raises(InvalidFields) as fault:
            self.begin(world, **fields)
        assert fault.value.codes == problem

    def test_a_missing_size_is_reported(self, world: World) -> None:
        asked = {name: value for name, value in self.ASKED.items() if name != "size"}
        with pytest.raises(InvalidFields) as fault:
            uploading.begin(world.deps, world.shop, asked, "192.0.2.1")
        assert fault.value.codes == {"size": "missing"}

    def test_the_largest_allowed_size_is_accepted(self, world: World) -> None:
        assert self.begin(world, size=str(LARGEST_UPLOAD))["upload"]

    def test_the_upload_form_accepts_no_more_than_the_announced_size(self, world: World) -> None:
        assert self.begin(world, size="10")["fields"]["largest"] == "10"

    @pytest.mark.parametrize(
        "name", ["../../etc/passwd", "C:\\Users\\me\\film.mp4", "/film.mp4", "\u202efilm.mp4", "CON"]
    )
    def test_a_file_gets_a_safe_name(self, world: World, name: str) -> None:
        begun = self.begin(world, filename=name)
        (called,) = uploading.names(world.deps, [Uploaded(begun["upload"])])
        assert called == filenames.safe(name, "video/mp4", 1)
        assert not set("/\\\u202e") & set(called)

    def test_a_source_that_requests_too_many_uploads_is_refused(self, world: World) -> None:
        world.with_shop(limits=replace(world.shop.limits, per_source_hour=1))
        for _ in range(10):
            self.begin(world)
        with pytest.raises(RateLimited):
            self.begin(world)
        world.deps = replace(world.deps, limits_on=False)
        assert self.begin(world)

    def test_a_forged_unused_or_foreign_token_is_refused(self, world: World) -> None:
        world.files.uploads["uploads/kettle/x"] = (b"x", "text/plain")
        world.files.uploads["uploads/northlight/large"] = (b"x" * (LARGEST_UPLOAD + 1), "text/plain")
        tokens = {
            "forged": "upload_not_ours",
            self.begin(world)["upload"]: "upload_not_there",
            links.upload_token(world.deps, "uploads/kettle/x", "x"): "upload_not_ours",
            links.upload_token(world.deps, "uploads/northlight/large", "x"): "attachments_too_large",
            links.upload_token(world.deps, "tickets/NL-1/x", "x"): "upload_not_ours",
        }
        for token, code in tokens.items():
            with pytest.raises(InvalidFields) as fault:
                uploading.incoming_file(world.deps, world.shop, Uploaded(token))
            assert fault.value.codes == {"attachments": code}

    def test_every_bad_token_is_named_at_its_field(self, world: World) -> None:
        uploads = [Uploaded("forged", "attachments[0].upload"), Uploaded(self.begin(world)["upload"], "attachments[2]")]
        incoming_files, problems = uploading.collected(world.deps, world.shop, [], uploads)
        assert incoming_files == []
        assert problems == {"attachments[0].upload": "upload_not_ours", "attachments[2]": "upload_not_there"}


class TestDueWork:
    def test_mails_the_stream_missed_are_sent(self, world: World) -> None:
        world.store.commit(Change(samples.ticket()))
        world.store.commit(samples.reply(samples.ticket()))
        assert look_after_due(world.deps) == {"due": 0, "done": 0, "left": 0}
        world.clock.advance(seconds=MISSED_AFTER.total_seconds())
        assert look_after_due(world.deps) == {"due": 2, "done": 2, "left": 0}
        assert look_after_due(world.deps) == {"due": 0, "done": 0, "left": 0}

    def test_one_failure_does_not_delay_the_others(self, world: World) -> None:
        world.store.commit(Change(samples.ticket()))
        world.store.commit(Change(samples.ticket("NL-00000-00002")))
        world.clock.advance(hours=1)
        world.mailer.failing = refusing(passing=True)
        assert look_after_due(world.deps) == {"due": 2, "done": 1, "left": 1}
        world.clock.advance(hours=1)
        assert look_after_due(world.deps) == {"due": 1, "done": 1, "left": 0}

    def test_an_entry_of_a_deleted_ticket_does_not_delay_the_others(self, world: World) -> None:
        world.store.commit(Change(samples.ticket()))
        world.store.commit(samples.reply(samples.ticket()))
        world.store.tickets.clear()
        world.store.commit(Change(samples.ticket("NL-00000-00002")))
        world.clock.advance(hours=1)
        assert look_after_due(world.deps) == {"due": 2, "done": 2, "left": 0}

    def test_an_error_in_one_entry_does_not_delay_the_others(self, world: World) -> None:
        world.store.commit(Change(samples.ticket()))
        world.store.commit(Change(samples.ticket("NL-00000-00002")))
        world.clock.advance(hours=1)
        world.mailer.failing = [RuntimeError("a fault")]
        assert look_after_due(world.deps) == {"due": 2, "done": 1, "left": 1}

    def test_two_concurrent_runs_send_each_mail_once(self, world: World) -> None:
        world.store.commit(Change(samples.ticket()))
        world.clock.advance(hours=1)
        others: list[dict[str, int]] = []

        def meanwhile(recipient: str) -> None:
            world.mailer.on_send = lambda recipient: None
            others.append(look_after_due(world.deps))

        world.mailer.on_send = meanwhile
        look_after_due(world.deps)
        assert [mail.recipient for mail in world.mailer.sent] == [
            "mira.holm@example.com",
            "ada@northlight.example",
            "tom@northlight.example",
        ]
        world.clock.advance(seconds=LEASE.total_seconds())
        assert look_after_due(world.deps)["due"] == 0


class TestQuarantine:
    def test_the_list_gives_each_tickets_reasons(self, world: World) -> None:
        world.store.commit(Change(samples.ticket(suspicions=(Suspicion.TRAP,))))
        world.store.commit(Change(samples.ticket("NL-00000-00002")))
        answer = quarantine.list_quarantine(world.deps, {"shop": "northlight"})
        assert answer["count"] == 1
        assert answer["tickets"][0] == {
            "reference": samples.REF,
            "opened_at": "2026-11-25T09:30:00+00:00",
            "channel": "form",
            "from": "mira.holm@example.com",
            "subject": "Lamp arrived with a cracked shade",
            "text": samples.WORDS[:500],
            "why": ["trap"],
            "until": "2026-12-25T09:30:00+00:00",
            "original": None,
        }

    @pytest.mark.parametrize("event", [None, {}, [], "northlight", {"shop": "nowhere"}, {"shop": ["northlight"]}])
    def test_a_wrong_event_is_answered_with_what_to_type(self, world: World, event: Any) -> None:
        with pytest.raises(InvalidEvent) as fault:
            quarantine.list_quarantine(world.deps, event)
        assert '{"shop": "northlight"}' in str(fault.value)


class TestCommits:
    def test_a_deleted_ticket_is_reported(self, world: World) -> None:
        with pytest.raises(UnknownTicket):
            change_ticket(world.deps, samples.ticket(), lambda ticket: Change(evolve(ticket)))

    def test_a_rule_is_applied_again_to_the_current_ticket(self, world: World) -> None:
        old = samples.ticket()
        world.store.commit(Change(old))
        world.store.commit(Change(evolve(old, state=State.WAITING)))
        seen: list[State] = []

        def rule(ticket: Any) -> Change:
            seen.append(ticket.state)
            return Change(evolve(ticket))

        change_ticket(world.deps, old, rule)
        assert seen == [State.OPEN, State.WAITING]

    def test_losing_every_race_is_a_conflict(self, world: World) -> None:
        world.store.commit(Change(samples.ticket()))

        def quicker(change: Change) -> None:
            world.store.tickets[samples.REF] = evolve(world.store.only_ticket())

        world.store.before_commit = quicker
        with pytest.raises(VersionConflict):
            change_ticket(world.deps, samples.ticket(), lambda ticket: Change(evolve(ticket)))
