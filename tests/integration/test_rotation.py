"""The secrets are rotated on a running stack as operators do it; its processes restart, as functions do within an hour.
Everything handed out and stored before still works, and new things use the new version."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy import rotate
from local import testing
from local.aws import emulator
from tests.integration.test_rights_enforced import Desk
from tests.support import shops
from tests.support.agents import ADA
from tests.support.stack.local_stack import PATIENCE, Outside, form, someone, until, written

WORD, LATER = "quastenfloh", "zwetschgenmus"


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rotated")


@pytest.fixture
def before(data: Path) -> Iterator[Outside]:
    started = testing.start(data, shops.FILE)
    yield Outside(started)
    started.stop()


def turned(outside: Outside) -> None:
    """Rotate both secrets, in both steps."""
    stack = outside.started.stack
    client = emulator.client("secretsmanager", stack.endpoint)
    for secret in (stack.outputs["SecretId"], stack.outputs["AuditSecretId"]):
        assert rotate.add(client, secret) == "2"
        with pytest.raises(rotate.TooSoon):
            rotate.use(client, secret, datetime.now(UTC))
        assert rotate.use(client, secret, datetime.now(UTC) + timedelta(minutes=21)) == "2"


def searched(desk: Desk, word: str) -> str:
    """The URL of the result, as soon as there is one."""
    address = desk.post("/desk/search", {"q": word}).headers["Location"]
    path = urlsplit(address)._replace(scheme="", netloc="").geturl()
    return until(lambda: path if "/desk/t/" in desk.get(path) else None, PATIENCE, word)


def whole(outside: Outside, event: dict[str, str]) -> bool:
    answer = outside.invoke("verify_audit", json.dumps(event))
    assert answer.returncode == 0, answer.stderr
    said = json.loads(answer.stdout)
    return bool(said["whole"]) and said["wrong"] == 0


def test_earlier_links_reply_addresses_search_words_sessions_and_seals_still_work(before: Outside, data: Path) -> None:
    customer = someone()
    opened = before.post_json("/shops/northlight/tickets", form(customer, message=f"My {WORD} is torn."))
    ref, page = opened.json()["reference"], urlsplit(before.page_of(customer)).path
    reply_to = before.mail_to(customer).reply_to
    desk = Desk(before)
    desk.sign_in(ADA)
    found = searched(desk, WORD)
    turned(before)
    assert before.started.stop() == 0

    after = Outside(testing.start(data, shops.FILE))
    try:
        desk.outside = after
        assert WORD in after.request("GET", page).data.decode()
        after.send(written(customer, reply_to, "Re: it", f"The {LATER}, too."), customer, reply_to)
        until(lambda: LATER in after.request("GET", page).data.decode(), PATIENCE, "reply on the old page")
        assert ref in desk.get(found)
        for words in (WORD, LATER, f"{WORD} {LATER}"):
            assert ref in desk.get(searched(desk, words))
        day = datetime.now(UTC).date().isoformat()
        assert whole(after, {"shop": "northlight", "reference": ref})
        assert whole(after, {"month": day[:7]})

        another = someone()
        after.post_json("/shops/northlight/tickets", form(another))
        old, new = page.rpartition("/")[2], re.sub(r".*/t/", "", after.page_of(another))
        assert (old[0], new[0]) == ("1", "2")
    finally:
        assert after.started.stop() == 0
