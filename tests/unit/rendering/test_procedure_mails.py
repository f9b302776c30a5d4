"""What each mail of the complaint procedure contains: third parties get only ticked facts, customers get plain words,
agents get short mails."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.rendering import pages, words
from chalicelib.rules.tickets.procedure_facts import Performer, RemedyKind
from chalicelib.rules.tickets.ticket import Person
from chalicelib.services.ports.inbox import Count
from local.previews import procedure
from local.previews.examples import at
from tests.support import shops

SHOP = shops.policy().shop("northlight")
FULL: dict[str, dict[str, Any]] = {title: context for title, _, context in procedure.mail_samples(SHOP)}
FACTS = [key.removeprefix("referral.fact.") for key in words.book("en") if key.startswith("referral.fact.")]
CLOCKS = [
    "acknowledge",
    "first_answer",
    "next_answer",
    "resolve",
    "remedy",
    "referral-1",
    "referral-12",
    "close",
    "review",
    "retain",
]


def mail(title: str, language: str = "en", **changes: Any) -> pages.RenderedMail:
    return pages.mail(title.partition("-")[0], language, **FULL[title] | changes)


def told(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", ["referral", "reminder"])
class TestThirdParties:
    @settings(max_examples=60, deadline=None)
    @given(
        ticked=st.sets(st.sampled_from(FACTS)),
        secrets=st.lists(st.uuids().map(str), min_size=14, max_size=14, unique=True),
        language=st.sampled_from(words.languages()),
    )
    def test_get_only_the_ticked_facts(self, name: str, ticked: set[str], secrets: list[str], language: str) -> None:
        known = dict(zip(FACTS, secrets, strict=False))
        hidden = {"status_url": secrets[10], "quote": secrets[11], "reason": secrets[12], "html": secrets[13]}
        hidden |= {key: known[key] for key in ("name", "email", "subject", "order_number", "topic")}
        person = Person(known["name"], known["email"])
        facts = [{"label": f"referral.fact.{fact}", "value": known[fact]} for fact in sorted(ticked)]
        said = mail(name, language, **hidden, facts=facts, attachments=[], customer=person, writer=person)
        for part in (said.text, said.html):
            assert {secret for secret in secrets if secret in part} == {known[fact] for fact in ticked}
        assert not [secret for secret in secrets if secret in said.subject]

    def test_get_mails_made_only_of_such_facts(self, name: str) -> None:
        theirs = {"shop", "reference", "number", "party_name", "text", "facts", "attachments", "agent_name"}
        theirs |= {"answer_by", "asked_at", "count"}
        context = {key: value for key, value in FULL[name].items() if key in theirs}
        assert pages.mail(name, "en", **context) == mail(name)

    def test_are_asked_to_answer_by_replying(self, name: str) -> None:
        said = mail(name)
        assert "repl" in said.text
        assert words.due(FULL[name]["answer_by"], SHOP.timezone, "en") in told(said.text)
        assert FULL[name]["text"].split(".")[0].split(",")[0] in told(said.text)

    def test_get_long_text_in_lines(self, name: str) -> None:
        facts = [{"label": "referral.fact.message", "value": "first\n\nsecond"}]
        assert "Message:\n> first\n>\n> second" in mail(name, facts=facts).text


class TestFinalAnswer:
    @pytest.mark.parametrize("language", words.languages())
    @pytest.mark.parametrize("outcome", ["upheld", "partly_upheld", "not_upheld"])
    def test_names_outcome_remedy_and_further_steps(self, outcome: str, language: str) -> None:
        context = FULL[f"final_answer-{outcome}"]
        said = mail(f"final_answer-{outcome}", language)
        body = context["bodies"][0]
        facts = [words.phrase(language, f"final_answer.outcome.{outcome}"), "We tested a lamp", body.name, body.address]
        facts += [words.phrase(language, f"remedy_kind.{context['remedy_kind']}"), body.url, "30 ", SHOP.name]
        facts += [words.due(context["remedy_due"], SHOP.timezone, language)]
        facts += [words.phrase(language, "final_answer.takes_part")]
        for part in (told(said.text), told(said.html)):
            assert not [fact for fact in facts if fact not in part]

    def test_says_of_each_body_whether_the_shop_takes_part(self) -> None:
        text = told(mail("final_answer-bare").text)
        assert text.index("We take part in its procedure.") < text.index("We do not take part in its procedure.")
        assert "within one day" in text
        assert "What is done now" not in text

    @pytest.mark.parametrize("performer", Performer)
    @pytest.mark.parametrize("language", words.languages())
    def test_names_the_shop_as_debtor_with_every_performer(self, performer: Performer, language: str) -> None:
        said = mail(f"final_answer-through-{performer}", language)
        owes = words.phrase(language, "final_answer.who.seller")
        for part in (told(said.text), told(said.html.replace("</dt><dd>", ": "))):
            assert f"{owes}: {SHOP.name}" in part
            asked = [
                name
                for name in Performer
                if name != "seller" and words.phrase(language, f"carried_out_by.{name}") in part
            ]
            assert asked == ([performer] if performer is not Performer.SELLER else [])

    def test_names_the_customer_for_a_return_they_owe(self) -> None:
        assert "Who sees to it: You, with our help" in mail("final_answer-by-customer").text

    @pytest.mark.parametrize("remedy_kind", RemedyKind)
    def test_explains_every_remedy(self, remedy_kind: RemedyKind) -> None:
        assert (
            f"What: {words.phrase('en', f'remedy_kind.{remedy_kind}')}\n"
            in mail(f"final_answer-remedy_kind-{remedy_kind}").text
        )


@pytest.mark.parametrize("title", ["question", "instructions", "remedy_done-refund", "final_answer-upheld"])
def test_files_that_an_agent_sends_can_be_opened(title: str) -> None:
    label = {"name": "label.pdf", "size": 41_000, "url": "https://care.northlight.example/f/WyJOTC03.y"}
    said = mail(title, attachments=[label])
    assert "- label.pdf (41 KB)\n  https://care.northlight.example/f/WyJOTC03.y\n" in said.text
    assert '<a href="https://care.northlight.example/f/WyJOTC03.y">label.pdf</a>' in said.html


def test_an_extension_names_the_old_date_the_new_one_and_why() -> None:
    text = told(mail("extension").text)
    assert "settled by Friday, 27 November 2026." in text
    assert "final answer by Monday, 30 November 2026." in text
    assert FULL["extension"]["reason"] in text


class TestEscalation:
    @pytest.mark.parametrize("stage", ["warn", "due", "daily"])
    def test_begins_with_the_due_promise_its_time_and_reason(self, stage: str) -> None:
        said = mail(f"escalation-resolve-{stage}")
        lines = said.text.splitlines()
        assert lines[2].startswith("Final answer: ")
        assert "Wednesday, 25 November 2026, 16:30" in lines[2]
        assert FULL[f"escalation-resolve-{stage}"]["explained"] in told(said.text)

    def test_offers_an_extension_only_before_the_date_and_if_the_policy_has_one(self) -> None:
        assert "extend the date" in mail("escalation-resolve-warn").text
        assert "extend the date" not in mail("escalation-resolve-due").text
        assert "extend the date" not in mail("escalation-resolve-warn", kind="question").text
        assert "extend the date" not in mail("escalation-remedy-warn").text

    def test_names_the_assignee(self) -> None:
        assert "It is with Ada Lindqvist." in mail("escalation-resolve-due").text
        assert "handed to you" in mail("escalation-resolve-daily").text
        assert "Nobody has taken it on yet." in mail("escalation-bare").text


class TestDigest:
    def test_lists_overdue_tickets_first(self) -> None:
        said = mail("digest")
        assert said.subject == "23 November 2026: 1 overdue, 2 due today"
        headings = [
            "1 ticket is overdue",
            "2 tickets are due today",
            "1 ticket is waiting for a third party",
            "94 per cent",
        ]
        for part in (told(said.text), told(said.html)):
            assert [part.index(heading) for heading in headings] == sorted(part.index(heading) for heading in headings)

    def test_says_if_nothing_is_overdue(self) -> None:
        said = mail("digest-bare")
        assert said.subject == "23 November 2026: nothing overdue, nothing due today"
        assert said.text.splitlines()[2] == "Nothing is overdue."

    def test_counts_tickets_it_does_not_list(self) -> None:
        assert "- and 7 more\n" in mail("digest", overdue_count=Count(8)).text

    @pytest.mark.parametrize(
        ("language", "subject", "text", "rest"),
        [
            ("en", "more than 1,000 overdue, 1 due today", "More than 1,000 tickets are overdue:", "more than 980"),
            ("de", "mehr als 1.000 überfällig, 1 heute fällig", "Mehr als 1.000 Vorgänge sind überfällig:", "als 980"),
        ],
    )
    def test_says_that_there_are_more_than_it_counts(self, language: str, subject: str, text: str, rest: str) -> None:
        said = mail("digest-flood", language)
        assert said.subject.endswith(f": {subject}")
        assert text in said.text
        assert rest in said.text

    def test_says_if_a_ticket_has_no_running_promise(self) -> None:
        ticket = FULL["digest"]["referred"][0] | {"clock": ""}
        said = mail("digest", referred=[ticket])
        assert "- Where is order 2026-10398?\n  No date promised\n  Femke de Wit · " in said.text
        assert "No date promised<br>" in said.html

    @pytest.mark.parametrize("clock", CLOCKS)
    def test_has_words_for_every_clock(self, clock: str) -> None:
        ticket = FULL["digest"]["overdue"][0] | {"clock": clock, "due": at(20, 9)}
        assert words.phrase("en", f"clock.{clock.split('-')[0]}") in mail("digest", overdue=[ticket]).text
