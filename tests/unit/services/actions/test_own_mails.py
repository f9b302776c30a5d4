"""What agents give out by hand: a mail of ours among the files is refused with words."""

from typing import Any

import pytest

from chalicelib.errors import InvalidEvent, InvalidFields
from chalicelib.rules.tickets.messages import File
from chalicelib.rules.tickets.ticket import Person, Ticket
from chalicelib.services.actions import acting
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.tickets.filing import IncomingFile
from tests.support import agents, samples
from tests.support.agents import ADA, SWIFT, acts
from tests.support.referrals import refer
from tests.support.store.fakes import World


@pytest.fixture
def ticket(world: World) -> Ticket:
    return agents.opened(world)


@pytest.fixture
def ours(world: World, ticket: Ticket) -> bytes:
    """A mail of ours to a third party."""
    return refer(world).raw


def answers(world: World, file: IncomingFile, key: str = "k") -> None:
    inputs = ActionInput({"text": "See the file."}, Person("Ada", ADA), (file,))
    acting.act(world.deps, world.shop, samples.REF, "answer", inputs, key)


@pytest.mark.parametrize(("name", "kind"), [("mail.eml", "message/rfc822"), ("a.bin", "application/octet-stream")])
def test_an_answer_with_it_is_refused_however_it_is_uploaded(world: World, ours: bytes, name: str, kind: str) -> None:
    world.files.uploads["uploads/northlight/x"] = (ours, kind)
    stored = IncomingFile(name, kind, upload="uploads/northlight/x", upload_size=len(ours))
    before = dict(world.store.messages)
    for file in (IncomingFile(name, kind, ours), stored):
        with pytest.raises(InvalidFields) as refused:
            answers(world, file)
        assert refused.value.codes == {"attachments": "holds_our_mail"}
    assert world.store.messages == before


def test_a_picture_is_not_read_and_a_customers_mail_goes(world: World, ticket: Ticket) -> None:
    world.files.uploads["uploads/northlight/x"] = (b"jpeg", "image/jpeg")
    answers(world, IncomingFile("a.jpg", "image/jpeg", upload="uploads/northlight/x", upload_size=9), "1")
    answers(world, IncomingFile("mail.eml", "message/rfc822", b"From: mira@example.com\r\n\r\nMy lamp"), "2")
    assert len(world.store.messages) == 2


@pytest.mark.parametrize("ticked", [True, False])
def test_a_referral_with_it_is_refused(world: World, ours: bytes, ticked: bool) -> None:
    """A customer may have attached what we wrote to them: with it, a courier could write as the customer."""
    world.files.keep("tickets/x/in", ours, "message/rfc822")
    agents.opened(world, "NL-00000-00002", files=(File("1-in", "in.eml", "message/rfc822", len(ours), "tickets/x/in"),))
    files: dict[str, Any] = {"files": ["NL-00000-00002/opening/1-in"]} if ticked else {"facts": ["attachments"]}
    with pytest.raises(InvalidEvent) as refused:
        acts(world, "refer", "NL-00000-00002", to="swiftparcel", text="Where?", **files)
    assert refused.value.sentences.keys() == {"files"}
    assert world.mailer.to(SWIFT) == []
