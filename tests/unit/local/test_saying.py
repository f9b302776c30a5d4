"""What plays a messenger's user says what its provider would, and what plays its API shows what we say."""

import json
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from chalicelib.external.channel_calls import sending
from chalicelib.rules.events import mapping
from chalicelib.rules.events.messages.said import Kind
from chalicelib.rules.events.sources import Source
from chalicelib.rules.identity.handles import Handle, Provider
from chalicelib.rules.messages.approved import Approved
from chalicelib.services.ports.messages.channels import Outgoing
from local.aws import channels
from local.events.door import NotPosted
from local.events.saying import Options, posted
from local.events.saying import said as played

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
SOURCES = {Provider.TELEGRAM: "telegram", Provider.SMS: "twilio"}


@pytest.mark.parametrize("provider", Provider)
def test_each_messenger_says_it_in_its_own_form(provider: Provider) -> None:
    options = Options(provider, "+4915112345678", "Wo ist sie? 💡", Path())
    source, body = posted(provider, options, NOW, 1_700_000_000_000_000_001)
    (said,) = mapping.heard(source, body, NOW).said
    assert (said.kind, said.text, said.at) == (Kind.WORDS, "Wo ist sie? 💡", NOW)
    assert said.who == Handle(provider, "4915112345678")
    assert source == SOURCES.get(provider, "meta")


@pytest.mark.parametrize("number", ["+49 151 12345678", "+49-151-123 456 78", "+49 (0)151 12345678"])
@pytest.mark.parametrize("provider", [Provider.WHATSAPP, Provider.SMS])
def test_a_number_is_said_as_providers_write_it(provider: Provider, number: str) -> None:
    _, body = posted(provider, Options(provider, number, "Hi", Path()), NOW, 1)
    (said,) = mapping.heard(Source.META if provider is Provider.WHATSAPP else Source.TWILIO, body, NOW).said
    assert said.who == Handle(provider, "4915112345678")


def test_who_shows_no_number_is_played_too() -> None:
    source, body = posted(Provider.WHATSAPP, Options("whatsapp", "DE.77", "Hi", Path()), NOW, 1)
    (said,) = mapping.heard(source, body, NOW).said
    assert (said.who.id, said.also) == ("DE.77", None)


@pytest.mark.parametrize("provider", Provider)
def test_what_we_say_is_shown_and_answered(provider: Provider) -> None:
    call = sending(Outgoing(Handle(provider, "4915112345678"), "AC1/+49302312", "Morgen. 📦"), "local:token")
    shown = channels.as_mail(f"/channels/{SOURCES.get(provider, 'meta')}{call.path}", call.body)
    mail = message_from_bytes(shown.raw, policy=policy.default)
    assert mail.get_content().strip() == "Morgen. 📦"
    assert "4915112345678" in str(mail["To"])
    assert call.id_of(json.loads(shown.answer))


@pytest.mark.parametrize(("provider", "edge"), [(Provider.MESSENGER, "comments"), (Provider.INSTAGRAM, "replies")])
def test_a_public_comment_is_played_and_the_reply_to_it_is_shown(provider: Provider, edge: str) -> None:
    options = Options(provider, "600000000000002", "Mine came broken", Path(), name="Pia Lang", comment=True)
    source, body = posted(provider, options, NOW, 1_700_000_000_000_000_001)
    (said,) = mapping.heard(source, body, NOW).said
    assert (said.kind, said.text, said.at, said.name) == (Kind.COMMENT, "Mine came broken", NOW, "Pia Lang")
    assert said.who == Handle(provider, "600000000000002")
    assert said.thread == said.id
    call = sending(Outgoing(said.who, said.account, "Please write to us.", comment=said.thread), "local:token")
    assert call.path == f"/{said.id}/{edge}"
    shown = channels.as_mail(f"/channels/meta{call.path}", call.body)
    mail = message_from_bytes(shown.raw, policy=policy.default)
    assert (mail.get_content().strip(), said.id in str(mail["To"])) == ("Please write to us.", True)
    assert call.id_of(json.loads(shown.answer)).startswith(f"{said.id}_")


def test_only_where_people_comment_a_comment_is_played() -> None:
    with pytest.raises(NotPosted):
        played(Options(Provider.TELEGRAM, "77", "Hi", Path(), comment=True))


def test_a_template_is_shown_by_its_name_and_values() -> None:
    approved = Approved("our_answer", "en", ("NL-1", "It comes."))
    call = sending(Outgoing(Handle(Provider.WHATSAPP, "49151"), "200", "Read.", template=approved), "local:token")
    mail = message_from_bytes(channels.as_mail(f"/channels/meta{call.path}", call.body).raw, policy=policy.default)
    assert mail.get_content().splitlines()[:3] == ["[our_answer, en]", "NL-1", "It comes."]
