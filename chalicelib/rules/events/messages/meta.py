"""Meta's bodies: several entries, each with several changes or messages, of WhatsApp, Messenger and Instagram (Meta's
documents on webhooks, 2026)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from chalicelib.rules.events.fields import Fields, NotReadable
from chalicelib.rules.events.messages import shared, whatsapp
from chalicelib.rules.events.messages.said import MOST_FILES, OURS, Heard, Kind, Media, Progress, Said, Told
from chalicelib.rules.events.messages.words import words
from chalicelib.rules.identity.handles import Provider, handle

_Part = Said | Told | None
# Comments on what the shop itself shows: Facebook's name and Instagram's.
_OURS = ("feed", "comments")


def heard(body: Fields) -> Heard:
    """Everything that a body says. Raises NotReadable if it is none of Meta's."""
    readers: dict[str, Callable[[Fields], Iterator[_Part]]] = {
        "whatsapp_business_account": whatsapp.of_entry,
        "page": lambda entry: _of_page(entry, Provider.MESSENGER),
        "instagram": lambda entry: _of_page(entry, Provider.INSTAGRAM),
    }
    object = body.needed("object")
    if object not in readers:
        return Heard()
    return gathered(readers[object], body.children("entry"))


def gathered(read: Callable[[Fields], Iterator[_Part]], entries: Iterable[Fields]) -> Heard:
    """What the entries say together. One that can't be read keeps no other from being read."""
    parts, broken = list[_Part](), 0
    for entry in entries:
        try:
            parts += read(entry)
        except NotReadable:
            broken += 1
    return Heard(
        tuple(part for part in parts if isinstance(part, Said)),
        tuple(part for part in parts if isinstance(part, Told)),
        broken + sum(part is None for part in parts),
    )


def _of_page(entry: Fields, provider: Provider) -> Iterator[_Part]:
    for event in entry.children("messaging"):
        yield from _of_event(event, provider)
    # Business Login for Instagram has the change in the entry itself.
    for change in (*entry.children("changes"), entry):
        if (field := change.text("field")) in (*_OURS, "mentions"):
            yield from _comment(change.child("value"), entry, provider, under_ours=field in _OURS)


def _of_event(event: Fields, provider: Provider) -> Iterator[_Part]:
    message, at = event.child("message"), _moment(event, "timestamp")
    if message.text("metadata") == OURS:
        return  # the echo of our own
    if delivered := event.child("delivery"):
        yield from (Told(id, Progress.DELIVERED, at, "") for id in delivered.texts("mids") if at)
    elif seen := event.child("read"):
        yield from (Told(id, Progress.READ, at, "") for id in [seen.text("mid")] if at and id)
    elif message or event.child("postback") or event.child("message_edit") or event.child("reaction"):
        yield _said(event, message, at, provider)


def _said(event: Fields, message: Fields, at: datetime | None, provider: Provider) -> Said | None:
    echo = message.flag("is_echo")
    theirs, ours = ("recipient", "sender") if echo else ("sender", "recipient")
    who = handle(provider, event.child(theirs).text("id"))
    kind, id, text, about = _content(event, message)
    if who is None or at is None or not id:
        return None
    kind = Kind.ECHO if echo and kind is Kind.WORDS else kind
    media = tuple(_files(message)) if kind in (Kind.WORDS, Kind.ECHO) else ()
    if kind is Kind.WORDS and not text and not media:
        kind = Kind.OTHER
    return Said(kind, who, event.child(ours).text("id"), id, at, text, about=about, media=media)


def _content(event: Fields, message: Fields) -> tuple[Kind, str, str, str]:
    """What it is, its id, its words and the message that it is about."""
    if edit := event.child("message_edit"):
        mid = edit.text("mid")
        return Kind.EDITED, f"{mid}/{edit.text('num_edit')}", words(edit, "text"), mid
    if reaction := event.child("reaction"):
        mid = reaction.text("mid")
        sign = words(reaction, "emoji") if reaction.text("action") != "unreact" else ""
        return Kind.REACTION, f"{mid}/reaction/{event.text('timestamp')}" if mid else "", sign, mid
    if pressed := event.child("postback"):
        return Kind.WORDS, pressed.text("mid"), words(pressed, "title"), ""
    mid = message.text("mid")
    if message.flag("is_deleted"):
        return Kind.DELETED, f"{mid}/deleted" if mid else "", "", mid
    if any(_is_sticker(file) for file in message.children("attachments")):
        return Kind.STICKER, mid, "", ""
    return Kind.WORDS, mid, words(message, "text") or _places(message), ""


def _places(message: Fields) -> str:
    found = (file.child("payload").child("coordinates") for file in message.children("attachments"))
    return "\n".join(filter(None, (shared.place(each, "lat", "long") for each in found)))


def _is_sticker(file: Fields) -> bool:
    """Stickers come as a type of their own, and until 2026 came as pictures with the sticker's id."""
    return file.text("type") == "sticker" or bool(file.child("payload").text("sticker_id"))


def _files(message: Fields) -> Iterator[Media]:
    for number, file in enumerate(message.children("attachments")):
        payload = file.child("payload")
        url = payload.value.get("url")
        if number < MOST_FILES and isinstance(url, str) and url.startswith("https://"):
            yield Media(url=url[:4000])


def _comment(value: Fields, entry: Fields, provider: Provider, *, under_ours: bool) -> Iterator[_Part]:
    """A public comment, or a mention; not the page's own, and not what was edited, hidden or taken away. Instagram's
    have no moment: Meta told of them at the entry's."""
    account = entry.text("id")
    if value.text("item") not in ("", "comment") or value.text("verb") not in ("", "add"):
        return
    id, by = value.text("comment_id") or value.text("id"), value.child("from")
    who = handle(provider, by.text("id"))
    if who and who.id == account:
        return
    about = value.text("post_id") or value.child("media").text("id") or value.text("media_id")
    text = words(value, "message") or words(value, "text")
    at = value.seconds("created_time") or _moment(entry, "time")
    if who is None or not id or at is None:
        yield None
        return
    name = by.text("name", 100) or by.text("username", 100)
    # Facebook names the post as the parent of the comment that begins a thread, Instagram names none.
    parent = value.text("parent_id")
    thread = (parent if parent and parent != about else id) if under_ours else ""
    yield Said(Kind.COMMENT, who, account, id, at, text, name, about=about, thread=thread)


def _moment(fields: Fields, name: str) -> datetime | None:
    """In milliseconds, as messages and their entries have it, or in seconds, as an entry of changes has it."""
    found = fields.text(name)
    if not (found.isascii() and found.isdigit() and len(found) <= 14):
        return None
    at = datetime.fromtimestamp(int(found) / (1000 if len(found) > 11 else 1), UTC)
    return at if 2000 <= at.year <= 2100 else None
