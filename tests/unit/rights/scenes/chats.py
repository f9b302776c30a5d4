"""Chats: an agent is there and answers, or nobody is; what was said is mailed."""

from tests.support.agents import TOM
from tests.support.web.visitors import Visitor
from tests.unit.rights.scenes.stage import Stage


def chats(stage: Stage) -> None:
    """A customer writes in three chats: one is answered and mailed by the stream's function, one by due work, and in
    one nobody is there any more."""
    browser, visitor = stage.browser, Visitor(stage.browser)
    visitor.post("/desk/login", {"email": TOM})
    link = stage.sent(TOM)[-1].link("/desk/in")
    assert visitor.post("/desk/in", {"t": link.rpartition("t=")[2]}).status_code == 303
    assert browser.get("/shops/northlight/chat").status_code == 200
    _rings(stage, visitor)
    for number, function in enumerate(("send_mail", "escalate_overdue", "")):
        assert visitor.post("/desk/chats", {"takes": "yes"}).status_code == 303
        chat = _begun(stage, number)
        (ref,) = stage.refs(f"chat{number}@example.com")
        if function:
            _answered(visitor, ref)
            for part in ("", "/live?after=1", "/transcript.txt"):
                assert browser.get(chat + part).status_code == 200
            assert browser.form({"choice": "end"}, f"{chat}/end").status_code == 303
            assert (
                browser.form({"submission_id": "line-after-the-end", "text": "One more"}, f"{chat}/say").status_code
                == 303
            )
            stage.brings(function)
        else:
            stage.clock.advance(minutes=3)
            stage.run("escalate_overdue", {})
        assert stage.sent(f"chat{number}@example.com") or not function
    stage.flows()
    assert browser.form(_asked(9), "/shops/northlight/chats").status_code == 303  # nobody is there


def _rings(stage: Stage, visitor: Visitor) -> None:
    """Two wait while the agent is in a chat: all are rung by whoever reads the one, and by due work for the other."""
    assert visitor.post("/desk/chats", {"takes": "yes"}).status_code == 303
    _begun(stage, 3)
    (ref,) = stage.refs("chat3@example.com")
    _answered(visitor, ref)
    waiting = _begun(stage, 4)
    stage.clock.advance(seconds=50)
    assert stage.browser.get(f"{waiting}/live?after=1").status_code == 200
    assert visitor.post("/desk/chats", {"takes": "yes"}).status_code == 303
    _begun(stage, 5)
    stage.clock.advance(seconds=50)
    stage.run("escalate_overdue", {})
    assert visitor.post(f"/desk/chats/{ref}/end", {"choice": "end"}).status_code == 303


def _asked(number: int) -> dict[str, str]:
    address = f"chat{number}@example.com"
    return {"name": "Mira Holm", "email": address, "message": "My lamp hums.", "submission_id": f"chat-{number}"}


def _begun(stage: Stage, number: int) -> str:
    begun = stage.browser.form(_asked(number), "/shops/northlight/chats")
    link: str = begun.headers["Location"]
    for _ in range(2):
        said = stage.browser.form({"submission_id": f"line-of-chat-{number}", "text": "Hello?"}, f"{link}/say")
        assert said.status_code == 303
    return link


def _answered(visitor: Visitor, ref: str) -> None:
    assert visitor.post(f"/desk/chats/{ref}/take", {}).status_code == 303
    said = visitor.post(f"/desk/chats/{ref}/say", {"submission_id": f"line-to-{ref}", "text": "Which lamp?"})
    assert said.status_code == 303
    for page in ("", f"/{ref}", f"/{ref}/live", "/news"):
        assert visitor.get(f"/desk/chats{page}").status_code == 200
