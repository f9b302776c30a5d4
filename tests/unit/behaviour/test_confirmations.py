"""Anybody can trigger an acknowledgement to any address, so it carries none of the sender's text that could become a
link."""

import pytest

from chalicelib.services.intake.submitting import Caller, submit
from chalicelib.services.tickets.filing import IncomingFile
from tests.support import agents
from tests.support.store.fakes import World
from tests.unit.rendering.test_mail_templates import LINKS

VERA = "vera@victim.example"


def confirmation(world: World, files: tuple[str, ...] = (), **fields: str) -> str:
    """All text that Vera is mailed, with headers, when another person posts a form in her name."""
    parcels = tuple(IncomingFile(name, "text/plain", b"x") for name in files)
    default = {"email": VERA, "message": "It broke.", "language": "en"}
    submit(world.deps, world.shop, default | fields, parcels, Caller("192.0.2.1"))
    agents.stream(world)
    (sent,) = world.mailer.to(VERA)
    parts = [part.get_content() for part in sent.mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join((str(sent.mail["Subject"]), str(sent.mail["To"]), *parts))


@pytest.mark.parametrize("field", ["message", "subject", "name", "order_number"])
@pytest.mark.parametrize("link", LINKS)
def test_text_that_could_become_a_link_is_left_out(world: World, link: str, field: str) -> None:
    assert link not in confirmation(world, (), **{field: f"Look {link}"})


@pytest.mark.parametrize(
    "name", ["evil.shop", "bit.ly", "pay at evil.de now.pdf", "evil.com.png", "x.zip", "a@evil.pdf", "x.mov"]
)
def test_a_filename_that_looks_like_a_host_is_left_out(world: World, name: str) -> None:
    told = confirmation(world, (name, "photo.jpg"))
    assert name not in told
    assert "attachment-1.txt" in told
    assert "photo.jpg" in told


def test_ordinary_text_is_included(world: World) -> None:
    told = confirmation(
        world, ("photo.jpg", "Rechnung 12.pdf"), name="Vera Holm", message="It broke. Why?", subject="My lamp"
    )
    assert all(said in told for said in ("It broke. Why?", "My lamp", "Vera Holm", "photo.jpg", "Rechnung 12.pdf"))


def test_a_sentence_given_as_name_is_in_no_header(world: World) -> None:
    assert "held" not in confirmation(world, name="Your parcel is held, call us")
