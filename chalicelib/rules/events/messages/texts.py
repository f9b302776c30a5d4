"""Text messages (SMS), as Twilio's forms have them."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from chalicelib.patterns import pattern
from chalicelib.rules.events.fields import web_address
from chalicelib.rules.events.messages.said import MOST_FILES, Heard, Kind, Media, Progress, Said, Told
from chalicelib.rules.events.messages.words import clean
from chalicelib.rules.identity.handles import Handle, Provider, handle

_NUMBER = pattern(r"\+[1-9][0-9]{6,14}")
_PROGRESS = {
    "sent": Progress.SENT, "delivered": Progress.DELIVERED, "read": Progress.READ, "failed": Progress.FAILED,
    "undelivered": Progress.FAILED,
}  # fmt: skip
# The words by which a person forbids adverts, in capitals and alone (CTIA's principles; Twilio's and AWS's defaults).
_STOP = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "STOPP", "ABMELDEN"))


def of_twilio(form: Mapping[str, str], body: str, now: datetime) -> Heard:
    """What a form says; it has no moment of its own. `body`: the words, as they were written."""
    id, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if status and status != "received":
        progress = _PROGRESS.get(status)
        return Heard(told=(Told(id, progress, now, form.get("ErrorCode", "")),)) if progress else Heard()
    who = of_number(form.get("From", ""))
    if who is None:
        return Heard(left_out=1)
    account = f"{form.get('AccountSid', '')}/{form.get('To', '')}"
    media = tuple(_files(form))
    text = clean(body)
    kind = Kind.WORDS if text or media else Kind.OTHER
    return Heard((Said(kind, who, account, id, now, text, media=media),))


def is_stop(text: str) -> bool:
    """Whether the message forbids adverts and says nothing else."""
    return text.strip().upper() in _STOP


def of_number(number: str) -> Handle | None:
    return handle(Provider.SMS, number.removeprefix("+")) if _NUMBER.fullmatch(number) else None


def _files(form: Mapping[str, str]) -> Iterator[Media]:
    for number in range(MOST_FILES):
        if url := web_address(form.get(f"MediaUrl{number}", "")):
            yield Media(url=url, content_type=form.get(f"MediaContentType{number}", ""))
