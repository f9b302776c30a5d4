"""Telegram's updates (Bot API, "Update"): one in each body. Only a private chat is somebody's; a group is nobody's."""

from collections.abc import Iterator

from chalicelib.patterns import pattern
from chalicelib.rules.events.fields import Fields, NotReadable
from chalicelib.rules.events.messages import shared
from chalicelib.rules.events.messages.said import Heard, Kind, Media, Said
from chalicelib.rules.events.messages.words import words
from chalicelib.rules.identity.handles import Provider, handle

_FILES = ("document", "photo", "video", "audio", "voice", "animation", "video_note")
# What people send and we can't show. Everything else without words is an event of the chat, such as a pinned message.
_NOT_SHOWN = ("dice", "game", "story", "paid_media", "checklist")
# What a client sends by itself when somebody opens a bot for the first time, perhaps with the end of the link that led
# there.
_OPENED = pattern(r"/start(?: [A-Za-z0-9_-]{1,64})?")


def heard(body: Fields) -> Heard:
    """What an update says. Raises NotReadable if it is none."""
    body.needed("update_id")
    edited = body.child("edited_message")
    message = edited or body.child("message")
    if not message:
        return Heard()
    chat, by = message.child("chat"), message.child("from")
    if chat.text("type") != "private" or by.flag("is_bot"):
        return Heard()
    if _OPENED.fullmatch(message.text("text")) or (edited and edited.child("location")):
        return Heard()  # a place that is shared as somebody moves is edited every few seconds
    found = _said(message, chat, by, edited=bool(edited))
    if found and found.kind is Kind.OTHER and not any(map(message.child, _NOT_SHOWN)):
        return Heard()
    return Heard((found,)) if found else Heard(left_out=1)


def _said(message: Fields, chat: Fields, by: Fields, *, edited: bool) -> Said | None:
    who, number = handle(Provider.TELEGRAM, chat.text("id")), message.text("message_id")
    at = message.seconds("edit_date") if edited else message.seconds("date")
    if who is None or at is None or not number:
        return None
    id, text, media = f"{who.id}/{number}", _text(message), tuple(_files(message))
    name = f"{by.text('first_name', 50)} {by.text('last_name', 50)}".strip()
    if edited:
        return Said(Kind.EDITED, who, "", f"{id}/{int(at.timestamp())}", at, text, name, about=id)
    kind = Kind.WORDS if text or media else Kind.STICKER if message.child("sticker") else Kind.OTHER
    return Said(kind, who, "", id, at, text, name, media=media)


def _text(message: Fields) -> str:
    venue, contact = message.child("venue"), message.child("contact")
    shown = shared.place(Fields(message.child("location").value | venue.value))
    name = f"{contact.text('first_name')} {contact.text('last_name')}".strip()
    return (
        words(message, "text")
        or words(message, "caption")
        or shown
        or shared.person(name, contact.text("phone_number"))
        or shared.poll(message.child("poll"))
    )


def _files(message: Fields) -> Iterator[Media]:
    """Of a photo, the largest of its sizes."""
    for name in _FILES:
        file = message.child(name)
        if name == "photo":
            try:
                file = max(message.children(name), key=lambda each: int(each.text("width") or 0), default=Fields({}))
            except ValueError:
                raise NotReadable(name) from None
        if id := file.text("file_id"):
            yield Media(id, "", file.text("mime_type"), file.text("file_name"))
            return
