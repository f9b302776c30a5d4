"""What each provider's body says: in any order, with parts of types that nobody knows, and with nobody's number."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.events import mapping
from chalicelib.rules.events.fields import Fields, NotReadable, parsed
from chalicelib.rules.events.messages import aws, meta, shared, telegram, texts
from chalicelib.rules.events.messages.said import Heard, Kind, Media, Progress
from chalicelib.rules.events.sources import Source
from chalicelib.rules.identity.handles import Provider
from tests.support.events.bodies import FOLDER, hook

AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def of_meta(name: str) -> Heard:
    return meta.heard(parsed((FOLDER / "meta" / f"{name}.json").read_bytes()))


def of_telegram(name: str) -> Heard:
    return telegram.heard(parsed((FOLDER / "telegram" / f"{name}.json").read_bytes()))


def test_whatsapp_names_a_person_by_the_id_first_and_the_number_second() -> None:
    (said,) = of_meta("whatsapp_text").said
    assert (said.kind, said.who.address) == (Kind.WORDS, "DE.1349120865530274@whatsapp.invalid")
    assert said.also is not None
    assert said.also.number == "+4915123456789"
    assert said.text == "Wo ist meine Lampe? 💡\nBestellung NL-1001, für Köln."
    assert (said.id, said.at, said.name, said.account) == ("wamid.A1", AT, "Mira Höfer", "200000000000001")


def test_whatsapp_without_a_number_works() -> None:
    (said,) = of_meta("whatsapp_without_number").said
    assert (said.who.id, said.who.number, said.also) == ("DE.77AbC2", "", None)


def test_a_batch_of_three_entries_with_two_changes_is_six_messages_of_six_people() -> None:
    heard = of_meta("whatsapp_batch")
    assert [each.text for each in heard.said] == [f"Question {e}{c}" for e in range(3) for c in range(2)]
    assert len({each.who for each in heard.said}) == 6
    assert heard.left_out == 0


@pytest.mark.parametrize(
    ("name", "kind", "about", "text"),
    [
        ("whatsapp_reaction", Kind.REACTION, "wamid.A1", "👍"),
        ("whatsapp_edited", Kind.EDITED, "wamid.A1", "Wo ist meine Leuchte?"),
        ("whatsapp_deleted", Kind.DELETED, "wamid.A1", ""),
        ("whatsapp_sticker", Kind.STICKER, "", ""),
        ("whatsapp_unknown_type", Kind.OTHER, "", ""),
        ("whatsapp_echo", Kind.ECHO, "", "Sie kommt morgen."),
        ("messenger_echo", Kind.ECHO, "", "Yes, we do."),
        ("instagram_edited", Kind.EDITED, "aWdfbWlk1", "Gibt es sie in blau?"),
        ("instagram_deleted", Kind.DELETED, "aWdfbWlk1", ""),
        ("instagram_echo", Kind.ECHO, "", "Ja, in grün und blau."),
        ("instagram_unsupported", Kind.OTHER, "", ""),
        ("instagram_reaction", Kind.REACTION, "aWdfbWlk1", "❤️"),
        ("messenger_edited", Kind.EDITED, "m_1", "Do you ship to Linz?"),
        ("messenger_deleted", Kind.DELETED, "m_2", ""),
        ("messenger_reaction", Kind.REACTION, "m_3", "❤️"),
        ("messenger_unreact", Kind.REACTION, "m_3", ""),
        ("messenger_sticker", Kind.STICKER, "", ""),
        ("messenger_unknown_type", Kind.OTHER, "", ""),
        ("page_comment", Kind.COMMENT, "50_1", "Mine came broken, order NL-77"),
        ("instagram_comment", Kind.COMMENT, "17900000000000001", "Meine kam kaputt an!"),
        ("instagram_comment_by_business_login", Kind.COMMENT, "17900000000000001", "Bestellung NL-77"),
    ],
)
def test_what_is_no_plain_message_is_told_apart(name: str, kind: Kind, about: str, text: str) -> None:
    (said,) = of_meta(name).said
    assert (said.kind, said.about, said.text) == (kind, about, text)


def test_an_echo_names_the_customer_and_our_own_is_left_out() -> None:
    (said,) = of_meta("messenger_echo").said
    assert (said.who.id, said.account) == ("600000000000001", "500000000000001")
    assert of_meta("messenger_own_echo") == Heard()


def test_a_comment_on_instagram_has_the_moment_at_which_meta_told_of_it() -> None:
    (first,), (second,) = of_meta("instagram_comment").said, of_meta("instagram_comment_by_business_login").said
    assert (first.at, first.thread, first.name) == (AT + timedelta(seconds=100), first.id, "pia.lang")
    assert (second.at, second.thread) == (AT + timedelta(seconds=110), first.id)


@pytest.mark.parametrize("type", ["image", "sticker"])
def test_a_sticker_is_no_picture(type: str) -> None:
    """Its type was "image" until 2026."""
    body = json.loads((FOLDER / "meta" / "messenger_sticker.json").read_bytes())
    body["entry"][0]["messaging"][0]["message"]["attachments"][0]["type"] = type
    (said,) = meta.heard(Fields(body)).said
    assert (said.kind, said.media) == (Kind.STICKER, ())


def test_files_have_the_providers_id_or_address() -> None:
    assert of_meta("whatsapp_image").said[0].media == (Media("400000000000001", "", "image/jpeg"),)
    assert of_meta("messenger_picture").said[0].media == (Media(url="https://scontent.example.com/a.jpg"),)
    assert of_telegram("photo").said[0].media == (Media("large"),)


def test_statuses_say_what_became_of_ours() -> None:
    told = of_meta("whatsapp_statuses").told
    assert [(each.id, each.progress) for each in told] == [
        ("wamid.out1", Progress.DELIVERED), ("wamid.out1", Progress.SENT), ("wamid.out2", Progress.FAILED),
    ]  # fmt: skip
    assert told[2].error == "131047 Re-engagement message"
    assert [each.progress for each in of_meta("messenger_delivery").told] == [Progress.DELIVERED]
    assert [(each.id, each.progress) for each in of_meta("instagram_seen").told] == [("aWdfb3V0MQ", Progress.READ)]
    assert of_meta("messenger_read") == Heard(), "it names a moment and no message"


def test_telegram_has_one_message_and_only_of_a_private_chat() -> None:
    (said,) = of_telegram("message").said
    assert (said.kind, said.who.address, said.id) == (Kind.WORDS, "900000001@telegram.invalid", "900000001/11")
    assert (said.text, said.name, said.at) == ("Wann öffnet ihr? 🕘", "Ana Kos", AT)
    (edited,) = of_telegram("edited").said
    assert (edited.kind, edited.about, edited.at) == (Kind.EDITED, said.id, AT + timedelta(seconds=30))
    for name in ("started", "started_by_link", "of_a_group", "channel_post", "blocked", "pinned", "location_moves"):
        assert of_telegram(name) == Heard(), name
    kinds = {name: of_telegram(name).said[0].kind for name in ("sticker", "voice", "dice")}
    assert kinds == {"sticker": Kind.STICKER, "voice": Kind.WORDS, "dice": Kind.OTHER}
    assert of_telegram("voice").said[0].media == (Media("AwACAgIAAx", "", "audio/ogg"),)


BERLIN = "Lampenhaus\nElmweg 5, Berlin\n52.52, 13.405"


@pytest.mark.parametrize(
    ("read", "name", "text"),
    [
        (of_telegram, "location", "52.52, 13.405"),
        (of_telegram, "venue", BERLIN),
        (of_telegram, "contact", "Jo Berg, +4915123456780"),
        (of_telegram, "poll", "Which shade?\n- Red\n- Blue"),
        (of_meta, "whatsapp_location", BERLIN),
        (of_meta, "whatsapp_contacts", "Jo Berg, +49 151 23456780, jo@example.com"),
        (of_meta, "whatsapp_order", "Bitte bald!\n2 × NL-GLOBE (39.9 EUR)"),
        (of_meta, "messenger_location", "52.52, 13.405"),
    ],
)
def test_places_people_orders_and_polls_are_words(read: Callable[[str], Heard], name: str, text: str) -> None:
    (said,) = read(name).said
    assert (said.kind, said.text, said.media) == (Kind.WORDS, text, ())


def test_what_whatsapp_sends_by_itself_is_no_message() -> None:
    assert of_meta("whatsapp_system") == Heard()


@pytest.mark.parametrize("degrees", ["", "north", "1e9", "91x", "-1." + "0" * 300])
def test_a_place_without_degrees_is_none(degrees: str) -> None:
    assert shared.place(Fields({"latitude": degrees, "longitude": "1.5", "name": "Elm"})) == ""


SMS = {"MessageSid": "SM1", "AccountSid": "AC1", "From": "+4915123456789", "To": "+493023125014"}


def test_twilio_has_words_files_and_statuses() -> None:
    (said,) = texts.of_twilio(SMS | {"MediaUrl0": "https://api.twilio.com/x", "MediaContentType0": "image/png"},
                              "Zwei\nZeilen", AT).said  # fmt: skip
    assert (said.who.number, said.text, said.account) == ("+4915123456789", "Zwei\nZeilen", "AC1/+493023125014")
    assert said.media == (Media(url="https://api.twilio.com/x", content_type="image/png"),)
    told = texts.of_twilio(SMS | {"MessageStatus": "undelivered", "ErrorCode": "30005"}, "", AT).told
    assert [(each.progress, each.error) for each in told] == [(Progress.FAILED, "30005")]
    assert texts.of_twilio(SMS | {"MessageStatus": "queued"}, "", AT) == Heard()
    assert texts.of_twilio(SMS | {"From": "NORTHLIGHT"}, "Hi", AT) == Heard(left_out=1)


def of_twilio(name: str) -> Heard:
    return mapping.heard(Source.TWILIO, hook(Source.TWILIO, name).body, AT)


def test_twilios_forms() -> None:
    (said,) = of_twilio("sms").said
    assert (said.text, said.media) == ("Wo bleibt meine Lampe? 💡\nBestellung NL-1001", ())
    (picture,) = of_twilio("mms").said
    assert (picture.kind, [each.content_type for each in picture.media]) == (Kind.WORDS, ["image/jpeg"])
    assert texts.is_stop(of_twilio("sms_stop").said[0].text)
    told = [
        each for name in ("message_sent", "message_delivered", "message_undelivered") for each in of_twilio(name).told
    ]
    assert [(each.progress, each.error) for each in told] == [
        (Progress.SENT, ""), (Progress.DELIVERED, ""), (Progress.FAILED, "30005"),
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "stop"), [("STOP", True), (" stopp ", True), ("Stop the order please", False)])
def test_a_word_alone_forbids_adverts(text: str, stop: bool) -> None:
    assert texts.is_stop(text) is stop


def test_one_entry_that_is_broken_keeps_no_other_from_being_read() -> None:
    body = json.loads((FOLDER / "meta" / "whatsapp_batch.json").read_bytes())
    body["entry"][1]["changes"] = ["broken"]
    heard = meta.heard(Fields(body))
    assert len(heard.said) == 4
    assert heard.left_out == 1


def test_other_objects_say_nothing_and_no_object_is_unreadable() -> None:
    assert meta.heard(Fields({"object": "user"})) == Heard()
    with pytest.raises(NotReadable):
        meta.heard(Fields({}))
    with pytest.raises(NotReadable):
        telegram.heard(Fields({}))


WHOLE = [json.loads(path.read_bytes()) for path in sorted((FOLDER / "meta").glob("*.json"))]
_ANY = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner))


@given(st.sampled_from(WHOLE), st.data())
def test_whatever_a_part_is_nothing_but_unreadable_is_raised(whole: dict[str, Any], data: st.DataObject) -> None:
    def spoilt(value: Any) -> Any:
        if data.draw(st.integers(0, 9)) == 0:
            return data.draw(_ANY)
        if isinstance(value, dict):
            return {name: spoilt(part) for name, part in value.items()}
        return [spoilt(part) for part in value] if isinstance(value, list) else value

    body = spoilt(whole)
    try:
        heard = meta.heard(Fields(body if isinstance(body, dict) else {}))
    except NotReadable:
        return
    assert all(each.who.provider in set(Provider) and each.id for each in heard.said)


def of_aws(name: str) -> Heard:
    return aws.heard(parsed((FOLDER / "aws" / f"{name}.json").read_bytes()), AT)


def test_whatsapp_by_aws_is_what_meta_says_with_the_number_from_which_aws_answers() -> None:
    (said,), (of_metas,) = of_aws("whatsapp_text").said, of_meta("whatsapp_text").said
    assert said.account == "aws/phone-number-id-976c72a700aac43eaf573ae050example"
    assert (said.who, said.also, said.id, said.text) == (of_metas.who, of_metas.also, of_metas.id, of_metas.text)


def test_a_status_by_aws_names_the_id_that_aws_gave_when_we_sent() -> None:
    (told,) = of_aws("whatsapp_statuses").told
    assert (told.id, told.progress) == ("6d69f07a-c317-4278-9d5c-6a84078419ec", Progress.DELIVERED)


def test_a_text_message_by_aws_has_the_moment_at_which_it_came() -> None:
    (said,) = of_aws("text").said
    assert (said.who.number, said.account, said.at) == ("+4915123456789", "aws/+493023125019", AT)
    assert (said.id, said.text) == (
        "cae173d2-66b9-564c-8309-21f858e9fb84",
        "Wo ist meine Lampe?\nBestellung NL-1001",
    )
