"""WhatsApp's entries, as Meta's webhook has them (Cloud API, "Webhooks", 2026).

A person is known by a business-scoped id (`user_id`), and by a telephone number only where WhatsApp shows it: whoever
has a username may have none.
"""

from collections.abc import Iterator

from chalicelib.rules.events.fields import Fields, NotReadable
from chalicelib.rules.events.messages import shared
from chalicelib.rules.events.messages.said import Kind, Media, Progress, Said, Told
from chalicelib.rules.events.messages.words import words
from chalicelib.rules.identity.handles import Handle, Provider, handle

_MOST_CARDS = 10
_FILES = ("image", "video", "audio", "document")
# What the app sends by itself: somebody has another number now, or opens a chat for the first time.
_BY_ITSELF = ("system", "request_welcome")
_KINDS = {"reaction": Kind.REACTION, "sticker": Kind.STICKER, "edit": Kind.EDITED, "revoke": Kind.DELETED}


def of_entry(entry: Fields) -> Iterator[Said | Told | None]:
    """What one entry says; None for each part that can't be read."""
    for change in entry.children("changes"):
        value, field = change.child("value"), change.text("field")
        account = value.child("metadata").text("phone_number_id")
        people = list(value.children("contacts"))
        if field == "messages":
            for message in value.children("messages"):
                if message.text("type") not in _BY_ITSELF:
                    yield _said(message, account, _contact(people, message))
            for status in value.children("statuses"):
                yield _told(status)
        elif field == "smb_message_echoes":
            for message in value.children("message_echoes"):
                yield _echo(message, account)


def _contact(people: list[Fields], message: Fields) -> Fields:
    """What is known of the message's writer. A body of one writer names them once."""
    ids = {message.text("from"), message.text("from_user_id")} - {""}
    found = (each for each in people if {each.text("wa_id"), each.text("user_id")} & ids)
    return next(found, people[0] if len(people) == 1 else Fields({}))


def _who(scoped: str, number: str) -> tuple[Handle, Handle | None] | None:
    """The person: by the id first, by the number second."""
    first, second = handle(Provider.WHATSAPP, scoped), handle(Provider.WHATSAPP, number.removeprefix("+"))
    main = first or second
    return (main, second if first and second != first else None) if main else None


def _said(message: Fields, account: str, contact: Fields) -> Said | None:
    scoped = message.text("from_user_id") or contact.text("user_id")
    who = _who(scoped, message.text("from") or contact.text("wa_id"))
    at, id = message.seconds("timestamp"), message.text("id")
    if who is None or at is None or not id:
        return None
    kind, text, about, media = _content(message)
    name = contact.child("profile").text("name", 100)
    return Said(kind, who[0], account, id, at, text, name, who[1], about, media)


def _content(message: Fields) -> tuple[Kind, str, str, tuple[Media, ...]]:
    """What it is, its words, the message that it is about, and its files."""
    type = message.text("type")
    part: Fields = message.child(type) if type else Fields({})
    if type == "text":
        return Kind.WORDS, words(part, "body"), "", ()
    if type in _FILES:
        file = Media(part.text("id"), "", part.text("mime_type"), part.text("filename"))
        return Kind.WORDS, words(part, "caption"), "", (file,) if file.id else ()
    if type in ("button", "interactive"):
        return Kind.WORDS, _pressed(part), "", ()
    if type in _KINDS:
        about = part.text("message_id") or part.text("original_message_id")
        edited = part.child("message")
        text = words(edited.child("text"), "body") or words(part, "emoji")
        return _KINDS[type], text, about, ()
    shown = _shown(message)
    return Kind.WORDS if shown else Kind.OTHER, shown, "", ()


def _shown(message: Fields) -> str:
    """A place, people or an order, in words."""
    match message.text("type"):
        case "location":
            return shared.place(message.child("location"))
        case "contacts":
            return "\n".join(map(_card, list(message.children("contacts"))[:_MOST_CARDS]))
        case "order":
            return shared.order(message.child("order"))
    return ""


def _card(fields: Fields) -> str:
    reached_at = [each.text("phone") for each in fields.children("phones")]
    reached_at += [each.text("email") for each in fields.children("emails")]
    return shared.person(fields.child("name").text("formatted_name"), *reached_at)


def _pressed(part: Fields) -> str:
    """The words of the button or row that was pressed."""
    replies = (part.child("button_reply"), part.child("list_reply"))
    return words(part, "text") or next((words(each, "title") for each in replies if each), "")


def _echo(message: Fields, account: str) -> Said | None:
    who = _who(message.text("to_user_id"), message.text("to"))
    at, id = message.seconds("timestamp"), message.text("id")
    if who is None or at is None or not id:
        return None
    _, text, _, media = _content(message)
    return Said(Kind.ECHO, who[0], account, id, at, text, also=who[1], media=media)


def _told(status: Fields) -> Told | None:
    at, id, word = status.seconds("timestamp"), status.text("id"), status.text("status")
    if at is None or not id or word not in set(Progress):
        return None
    return Told(id, Progress(word), at, _error(status))


def _error(status: Fields) -> str:
    """The first error's code and title; the title names nobody."""
    try:
        found = (f"{each.text('code')} {each.text('title', 100)}".strip() for each in status.children("errors"))
        return next(found, "")
    except NotReadable:
        return ""
