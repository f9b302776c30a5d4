"""What agents do: every action, at the console and at the desk, and every page of the desk."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.errors import InvalidEvent
from chalicelib.rules.learning.causes import Cause, Signal, of_signal
from chalicelib.rules.tickets.messages import Person, Reached
from chalicelib.rules.tickets.ticket import Change, evolve
from chalicelib.services.actions.actions import ACTIONS
from chalicelib.services.actions.answers.agreeing import AGREEMENTS
from chalicelib.services.ports.learning.tallies import Tallied
from chalicelib.web.desk import pages
from tests.support import issuer
from tests.support.agents import ADA, TOM
from tests.support.web.visitors import Visitor, press, signed_in
from tests.unit.rights.acting import FACES, LONG, Do, agent, at_desk, opened
from tests.unit.rights.scenes.stage import Stage, query


def every_action(stage: Stage, do: Do, who: str) -> None:
    """Every action, each at least once, on tickets with everything that a ticket can have."""
    done: set[str] = set()

    def does(action: str, ref: str, **fields: Any) -> None:
        assert do(action, ref, **fields), action
        done.add(action)
        stage.flows()

    main, other = opened(stage, f"main@{who}.example"), opened(stage, f"other@{who}.example", "Short.")
    does("note", main, text=f"Ask other@{who}.example.")
    does("assign", main, to=TOM)
    does("prioritise", main, priority="high")
    does("change", main, kind="warranty", topic="faulty", order_number="NL-1")
    does("claim", main, purchased="2026-01-03", product="Lamp", serial="77")
    does("tag", main, tags="glass, christmas")
    does("link", main, to=other)
    does("ask", main, text="Which one?", anyway="true")
    does("answer", main, text=LONG[:15_000], anyway="true")
    does("extend", main, by="10 days", reason="The glass is blown by hand.")
    does("refer", main, to="swiftparcel", facts="order_number", text="Where is it?")
    does("end_referral", main, number="1", reason="They do not answer.")
    does("find", main, fault="courier", reason="The box was dented.")
    does("remedy", main, remedy_kind="replacement", carried_out_by="courier", note="a new shade")
    does("instruct", main, text="Put it in its box.")
    does("remedy_done", main, text="It is on its way.")
    does(
        "offer_publication", main, sku="LAMP-1", question="Does it dim?", text="Yes, with every dimmer.", anyway="true"
    )
    does("take_down", main)
    does("note_objection", main, reason="They called.")
    does("lift_objection", main, reason="They called again.")
    does("place_legal_hold", main, reason="A lawyer wrote.")
    does("lift_legal_hold", main, reason="It is over.")
    reply = next(item for item in stage.items() if item["pk"]["S"] == f"TICKET#{main}" and "text_key" in item
                 and item["sk"]["S"].startswith("MSG#"))  # fmt: skip
    does("split", main, message=reply["id"]["S"], subject="The screws")
    does("conclude", main, outcome="upheld", text="You are right.", anyway="true")
    does("reopen", main, reason="They wrote again.")
    does("merge", other, into=main, anyway="true")
    does("readdress", main, address=f"new@{who}.example", name="Kim Adler")
    does("close", main, outcome="settled", reason="By telephone.")
    rated = opened(stage, f"rated@{who}.example", "Short.")
    do("close", rated, outcome="settled", reason="By telephone.")
    stage.flows()
    link = stage.sent(f"rated@{who}.example")[-1].link("/t/")
    comment = {"score": "1", "rating_text": "The weather!", "may_show": "1"}
    assert press(stage.browser, link, comment, f"/t/{link.rpartition('/t/')[2]}/rating").status_code == 303
    does("hide_comment", rated, ground="off_topic")
    quarantined = opened(stage, f"trap@{who}.example", "Buy this.", failed=("spam",))
    does("release_from_quarantine", quarantined)
    does("spam", quarantined)
    request = opened(stage, f"data@{who}.example", "What do you have of me?")
    do("change", request, kind="data_request")
    does("confirm_identity", request)
    stage.flows()
    link = stage.sent(f"data@{who}.example")[-1].link("/c/")
    assert press(stage.browser, link).status_code == 303
    does("unconfirm_identity", request, reason="It was somebody else.")
    withdrawal = opened(stage, f"withdraws@{who}.example", "Take it back.")
    do("change", withdrawal, kind="withdrawal")
    does("delivered", withdrawal, delivered="2026-01-03")
    does("goods_sent", withdrawal)
    does("goods_back", withdrawal)
    writer = agent(stage, TOM if who == "console" else ADA)
    read = opened(stage, f"read@{who}.example", "Short.")
    do("change", read, topic="incomplete_address")
    assert writer("answer", read, text=FACES, anyway="true")
    does("return_answer", read, text="Too sharp.")
    assert writer("answer", read, text="It comes tomorrow.", anyway="true")
    does("take_back", read)
    assert writer("answer", read, text="It comes on Friday.", anyway="true")
    does("approve_answer", read)
    admin = agent(stage, TOM) if who == "console" else do
    assert admin(
        "agree_contact",
        read,
        every_days="7",
        to=TOM,
        until=f"{stage.clock.at + timedelta(days=30):%Y-%m-%d}",
        reason="Many mails.",
    )
    stage.flows()
    assert admin("end_agreement", read, reason="Calm again.")
    done.update(AGREEMENTS)
    called = {"slot": "soon", "phone": "030 901820", "name": "Mira Holm", "email": f"call@{who}.example"}
    stage.browser.form(called | {"submission_id": who}, "/shops/northlight/call")
    (call,) = stage.refs(f"call@{who}.example")
    does("call_result", call, result="moved", slot="soon")
    do("call_result", call, result="reached", notes="The driver is new.")
    stage.flows()
    deps = wiring.deps()
    wrote = deps.tickets.ticket(opened(stage, f"whatsapp@{who}.example", "Where is it?"))
    assert wrote
    reached = Reached("200", stage.clock.at - timedelta(hours=24))
    messenger = Person("Mira Holm", f"49151{len(who):05}@whatsapp.invalid")
    deps.tickets.commit(Change(evolve(wrote, requester=messenger, reached=reached)))
    does("send_template", wrote.ref, template="our_answer/en", text="It comes tomorrow.", anyway="true")
    stage.flows()
    assert done == set(ACTIONS)


def console(stage: Stage) -> None:
    """At the console; also with text too long for the table, and over messages the agent has not seen."""
    every_action(stage, agent(stage), "console")
    ref = opened(stage, "mira@example.com", "Broken.")
    agent(stage)("answer", ref, text=FACES)
    with pytest.raises(InvalidEvent):
        agent(stage)("ask", ref, text="Which?", seen="0.", beside="")


def desk(stage: Stage) -> None:
    """An owner signs in by a mailed link, sees every page, takes every action, and signs out everywhere."""
    visitor = Visitor(stage.browser)
    visitor.post("/desk/login", {"email": TOM})
    link = stage.sent(TOM)[-1].link("/desk/in")
    assert visitor.get(link).status_code == 200
    assert visitor.post("/desk/in", {"t": link.rpartition("t=")[2]}).status_code == 303
    every_action(stage, at_desk(visitor), "desk")
    main = stage.refs("new@desk.example")[0]
    item = next(item for item in stage.items() if item["sk"]["S"] == "TICKET" and item["ref"]["S"] == main)
    opening = item["opening"]["M"]["id"]["S"]
    file = item["opening"]["M"]["files"]["L"][0]["M"]["id"]["S"]
    shown = ["/desk", "/desk?list=quarantine", "/desk?list=closed", "/desk/contact", f"/desk/t/{main}",
             query("/desk/search", q="shade cracked"), query("/desk/search", q="mira@example.com"),
             f"/desk/t/{main}?original={opening}", *(f"/desk/{name}" for name in pages.PAGES)]  # fmt: skip
    for page in shown:
        assert visitor.get(page).status_code == 200, page
    for page in (f"/desk/t/{main}/f/{opening}/{file}", f"/desk/t/{main}/raw/{opening}"):
        assert visitor.get(page).status_code == 303
    draft = {"text": "I begin to write", "mode": "answer"}
    visitor.post(f"/desk/t/{main}/draft", draft)
    visitor.post(f"/desk/t/{main}/use", draft | {"ready": "on_its_way"})
    called = {"shop": "northlight", "channel": "phone", "notes": "They called.", "name": "Jo", "phone": "+49 30 901820"}
    assert visitor.post("/desk/contact", called | {"subject": "A call", "idempotency_key": "1"}).status_code == 303
    assert visitor.post("/desk/contact", called | {"reference": main, "idempotency_key": "2"}).status_code == 303
    stage.flows()
    with stage.at(stage.clock.at + timedelta(hours=2)):
        visitor.get("/desk")
    assert visitor.post("/desk/out?everywhere=1").status_code == 303


def reports(stage: Stage) -> None:
    """One cause comes a fifth time by a ticket, another by what was counted; agents see reports and improve."""
    visitor = Visitor(stage.browser)
    visitor.post("/desk/login", {"email": TOM})
    link = stage.sent(TOM)[-1].link("/desk/in")
    assert visitor.post("/desk/in", {"t": link.rpartition("t=")[2]}).status_code == 303
    today = stage.clock.at.date()
    four, five = (of_signal(Signal.FEEDBACK, cause) for cause in (Cause(), Cause("late", "courier")))
    assert stage.store.tally(None, Tallied("signal/four", "northlight", today, 1, {four: 4}))
    ref = opened(stage, "fifth@example.com", "Broken.")
    agent(stage)("close", ref, outcome="settled", reason="By phone.")
    agent(stage)("reopen", ref, reason="There is more.")
    stage.flows()
    assert [each.cause for each in stage.store.improvements("northlight")] == [Cause()]
    assert stage.store.tally(None, Tallied("signal/five", "northlight", today, 1, {five: 5}))
    with stage.at(stage.clock.at.replace(hour=8, minute=0) + timedelta(days=1)):
        stage.run("send_digests", {})
    proposed = next(each for each in stage.store.improvements("northlight") if each.cause.topic)
    page = f"/desk/improvements/northlight/{proposed.id}"
    assert visitor.post(page, {"act": "accept"}).status_code == 303
    changed = {"act": "changed", "change": "Another courier.", "changed_on": today.isoformat()}
    assert visitor.post(page, changed).status_code == 303
    for shown in ("/desk/reports", "/desk/reports/causes", "/desk/improvements", page, "/shops/northlight/improved"):
        assert visitor.get(shown).status_code == 200, shown


def single_sign_on(stage: Stage) -> None:
    with (
        issuer.running(lambda: stage.clock().timestamp()) as running,
        stage.settings(
            OIDC_ISSUER=running.url, OIDC_CLIENT_ID=issuer.CLIENT_ID, OIDC_CLIENT_SECRET_ID=stage.client_secret
        ),
    ):
        visitor = Visitor(stage.browser)
        back = running.sign_in(visitor.get("/desk/oidc").headers["Location"])
        assert visitor.get(query("/desk/oidc/back", **back)).status_code == 303
        assert visitor.get("/desk").status_code == 200


def away(stage: Stage) -> None:
    """An agent is away: what is for them goes to who stands in, also what has come due, and the owner's digest."""
    ada, tom = signed_in(stage.browser, ADA), signed_in(stage.browser, TOM)
    today = stage.clock.at.date()
    days = {"since": today.isoformat(), "until": (today + timedelta(days=20)).isoformat(), "shop": "northlight"}
    assert ada.post("/desk/away", days | {"substitute": TOM}).status_code == 303
    before = len(stage.sent(TOM))
    ref = opened(stage, "mira@example.com", "Broken.")
    agent(stage, TOM)("assign", ref, to=ADA)
    stage.flows()
    assert not stage.sent(ADA)
    assert len(stage.sent(TOM)) > before
    assert ada.get("/desk/away").status_code == tom.get(f"/desk/t/{ref}").status_code == 200
    assert ada.post("/desk/away", {"shop": "northlight", "agent": ADA, "end": _since(stage)}).status_code == 303
    assert tom.post("/desk/away", days | {"substitute": ADA}).status_code == 303
    stage.clock.advance(days=7)
    stage.run("escalate_overdue", {})
    stage.run("send_digests", {})
    stage.flows()
    assert stage.sent(ADA)


def _since(stage: Stage) -> str:
    (absence,) = stage.store.absences("northlight").all
    return absence.since.isoformat()
