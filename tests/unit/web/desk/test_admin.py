"""The admin page of the desk, as browsers see it, and who may see it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib import wiring
from chalicelib.rules.tickets.outbox import Delivery, DeliveryStatus, Purpose
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.ports.mails import Reconciliation
from chalicelib.services.tickets import undeliverable
from tests.support import samples
from tests.support.store.fakes import PUBLIC_URL, START
from tests.support.web.both_shops import bo_signed_in
from tests.support.web.browsing import Answer, Browser, first, page
from tests.support.web.visitors import Around, Visitor, signed_in, surroundings

OWNER, AGENT = "tom@northlight.example", "ada@northlight.example"
QUARANTINE = "NL-A51DE-00002"


@pytest.fixture(scope="module")
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture(scope="module")
def happened(around: Around) -> None:
    """In each shop a ticket was quarantined; one mail was lost, and one day's mails were counted."""
    deps = wiring.deps()
    hostile = samples.ticket(QUARANTINE, subject="<script>x</script>", suspicions=(Suspicion.TAKEN_FOR_SPAM,))
    deps.tickets.commit(Change(hostile))
    deps.tickets.commit(Change(replace(samples.ticket("KC-A51DE-00002", suspicions=(Suspicion.HASTY,)), shop="kettle")))
    undeliverable.note_undeliverable(
        deps, "northlight", "NL-10570-00001", Delivery(Purpose.ANSWER, "x@y.example"), DeliveryStatus.BOUNCED
    )
    deps.mail_log.note_reconciliation(Reconciliation(START.date(), 3, {"opened": 1, "appended": 2, "pending": 0}))


@pytest.fixture
def shown(browser: Browser, happened: None) -> Answer:
    answer = signed_in(browser, OWNER).get("/desk/admin")
    assert answer.status_code == 200
    return answer


def texts(answer: Answer, selector: str) -> list[str]:
    return [" ".join(node.text(separator=" ").split()) for node in page(answer).css(selector)]


def test_shows_agents_with_their_roles(shown: Answer) -> None:
    rows = texts(shown, "[aria-labelledby=northlight-agents] tbody tr")
    assert any(OWNER in row and "Owner" in row for row in rows)
    assert len(rows) == len(wiring.policy().shop("northlight").agents)


def test_shows_the_policy_that_is_in_force(shown: Answer) -> None:
    shop = wiring.policy().shop("northlight")
    for kind in shop.kinds.values():
        (row,) = texts(shown, f"tr[data-kind={kind.id}]")
        assert str(kind.acknowledge) in row
        assert str(kind.retention()) in row
    policy = first(shown, "[aria-labelledby=northlight-policy]").text()
    for party in shop.third_parties:
        assert party.address in policy
    for body in shop.bodies:
        assert body.name in policy


def test_shows_quarantined_tickets_with_a_release_button(shown: Answer) -> None:
    form = first(shown, "[aria-labelledby=northlight-quarantine] form")
    assert form.attributes["action"] == f"/api/desk/t/{QUARANTINE}/release_from_quarantine"
    assert {node.attributes["name"] for node in form.css("input")} >= {"csrf", "idempotency_key"}
    assert first(shown, f"a[href$='/desk/t/{QUARANTINE}']").text() == "<script>x</script>"
    assert not page(shown).css("main script")
    assert "The mail service takes it for spam" in first(shown, "[aria-labelledby=northlight-quarantine]").text()


def test_shows_undeliverable_mails(shown: Answer) -> None:
    (row,) = texts(shown, "[aria-labelledby=northlight-lost] tbody tr")
    assert row.split()[:2] == ["NL-10570-00001", "Answer"]
    assert "bounced" in row


def test_shows_the_mail_reconciliation_and_whether_functions_run(shown: Answer) -> None:
    (row,) = texts(shown, "[aria-labelledby=days] tbody tr")
    assert row == "25 November 2026 3 2 replies, 1 new ticket 0"
    runs = {node.attributes["data-run"]: node.text() for node in page(shown).css("[data-run]")}
    assert list(runs) == ["receiving", "scheduled", "counting", "queues", "letters"]
    assert all("Up to date." in said for said in runs.values())


def test_names_the_function_that_does_not_run(browser: Browser, happened: None, around: Around) -> None:
    around.clock.advance(hours=20)
    answer = signed_in(browser, OWNER).get("/desk/admin")
    around.clock.advance(hours=-20)
    runs = {node.attributes["data-run"]: node.text() for node in page(answer).css("[data-run]")}
    assert "reconcile" in runs["counting"]
    assert "escalate_overdue" in runs["scheduled"]


def test_is_refused_to_agents_and_not_linked_for_them(browser: Browser, happened: None) -> None:
    ada = signed_in(browser, AGENT)
    assert ada.get("/desk/admin").status_code == 403
    assert not page(ada.get("/desk")).css("a[href$='/desk/admin']")
    assert page(signed_in(browser, OWNER).get("/desk")).css("a[href$='/desk/admin']")


def test_requires_a_sign_in(browser: Browser, around: Around) -> None:
    answer = Visitor(browser).get("/desk/admin")
    assert answer.headers["Location"] == f"{PUBLIC_URL}/desk/login?next=%2Fdesk%2Fadmin"


def test_shows_only_the_shops_where_the_person_is_an_admin(browser: Browser, happened: None) -> None:
    with bo_signed_in(browser) as bo:
        answer = bo.get("/desk/admin")
        assert page(answer).css("#northlight-policy")
        assert not page(answer).css("#kettle-policy")
        assert b"KC-A51DE-00002" not in answer.body


def test_is_available_in_german(browser: Browser, happened: None) -> None:
    answer = signed_in(browser, OWNER).get("/desk/admin", accept_language="de")
    assert first(answer, "h1").text() == "Verwaltung"
