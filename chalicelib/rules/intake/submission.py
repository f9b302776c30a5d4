"""Reads a web form's fields: with limits, cleaned, and with all mistakes reported at once."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.errors import InvalidFields
from chalicelib.patterns import pattern
from chalicelib.rules.identity.handles import is_handle, of_address
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import QUESTION
from chalicelib.rules.tickets.procedure_facts import Claim, bought_then

# Limits in characters. RFC 5321 4.5.3.1 limits an address to 254, its local part to 64.
LONGEST = {
    "name": 100, "email": 254, "subject": 200, "order_number": 60, "message": 20_000, "submission_id": 200,
    "product": 200, "serial_number": 100, "contract": 300, "rating_text": 1_000,
    "wanted": 300, "feedback_text": 3_000, "expenses_text": 2_000, "searched": 300,
}  # fmt: skip
# The fields that a form or program may send, in the order of our own form.
FIELDS = (
    "kind", "topic", "order_number", "product", "serial_number", "purchase_date", "subject", "message", "attachments",
    "name", "email", "country", "advert_notice", "advert_consent", "terms_accepted", "terms_version", "language",
    "return_url", "searched", "submission_id", "form_token", "further_details",
)  # fmt: skip
MAX_FILES = 10
# Values that forms and programs send for yes.
YES = frozenset({"1", "true", "yes", "on"})
# In bytes: one file, and all files that are sent within a form. The pages say 25 MB and 4 MB. Many systems count 1,024
# bytes as 1 KB, so a file that is 25 MB by that count is accepted, too.
LARGEST_UPLOAD = 25 * 1024 * 1024
UPLOAD_SAID = 25_000_000
LARGEST_TOGETHER = 4_000_000

_ADDRESS = pattern(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}")
# Invisible characters that Unicode does not class as spaces: fillers, joiners, variation selectors.
_BLANK = {
    "\u034f",
    "\u115f",
    "\u1160",
    "\u17b4",
    "\u17b5",
    "\u2800",
    "\u3164",
    "\uffa0",
    *map(chr, range(0xFE00, 0xFE10)),
}
# Invisible characters that reverse text: they can make a name or file look like another.
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0xFEFF])
# Unicode's category Cc.
_CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {ord("\n"), ord("\t")})


@dataclass(frozen=True, slots=True)
class Submission:
    """A form's fields, checked and ready to be stored."""

    name: str
    email: str
    kind: str
    topic: str | None
    order_number: str | None
    subject: str
    message: str
    language: str
    terms_accepted: bool
    terms_version: str = ""
    """The version of the terms that the form showed, if it says so."""
    country: str | None = None
    claim: Claim | None = None
    advert_notice: bool = False
    """Whether the form said that the customer may object to adverts."""
    advert_consent: bool = False


def read(fields: Mapping[str, str], shop: Shop, today: date) -> Submission:
    """The submission of these fields. `today` limits the purchase date.

    Raises InvalidFields with a code for each wrong field: `missing`, `too_long`, `not_an_address`, `unknown`,
    `not_accepted`, `no_country`, `no_date` or `not_bought_then`. The page has the words for each.
    """
    line = {field: one_line(value) for field, value in fields.items()}
    email, message = address(fields.get("email", "")), clean(fields.get("message", "")).strip()
    accepted = line.get("terms_accepted", "").lower() in YES
    problems: dict[str, str] = {}
    kind, topic, language = choices(line, shop, problems)
    place, claim = optional_country(line, problems), _claim(line, today, problems)
    problems |= dict(_lacking(email, message, accepted=accepted or not shop.terms_required))
    problems |= _too_long(line | {"message": message, "email": email})
    if problems:
        raise InvalidFields(in_order(problems))
    return Submission(
        name=line.get("name", ""),
        email=email,
        kind=kind,
        topic=topic,
        order_number=line.get("order_number") or None,
        subject=line.get("subject") or first_words(message),
        message=message,
        language=language,
        terms_accepted=accepted,
        terms_version=line.get("terms_version", ""),
        country=place,
        claim=claim,
        advert_notice=line.get("advert_notice", "").lower() in YES,
        advert_consent=line.get("advert_consent", "").lower() in YES,
    )


def in_order(problems: Mapping[str, str], fields: Sequence[str] = FIELDS) -> dict[str, str]:
    """The mistakes in the order of a form's fields, so that a list of them leads down the page; a program's file is
    "attachments[0].upload"."""

    def place(name: str) -> tuple[int, str]:
        field = name.partition("[")[0]
        return fields.index(field) if field in fields else len(fields), field

    return {name: problems[name] for name in sorted(problems, key=place)}


def choices(line: Mapping[str, str], shop: Shop, problems: dict[str, str]) -> tuple[str, str | None, str]:
    """The kind, topic and language that the fields choose; adds to `problems` what the shop does not have."""
    kind, topic = line.get("kind") or QUESTION, line.get("topic") or None
    language = line.get("language") or shop.languages[0]
    if not shop.offers(kind):
        problems["kind"] = "unknown"
    if topic and shop.topic(topic) is None:
        problems["topic"] = "unknown"
    if language not in shop.languages:
        problems["language"] = "unknown"
    return kind, topic, language


def optional_country(line: Mapping[str, str], problems: dict[str, str]) -> str | None:
    """The country in the fields, if any; adds to `problems` what is no country's code."""
    try:
        return country(line["country"]) if line.get("country") else None
    except InvalidFields as wrong:
        problems.update(wrong.codes)
        return None


def _lacking(email: str, message: str, *, accepted: bool) -> Iterator[tuple[str, str]]:
    if not is_address(email):
        yield "email", "not_an_address" if email else "missing"
    if not message:
        yield "message", "missing"
    if not accepted:
        yield "terms_accepted", "not_accepted"


def _too_long(whole: Mapping[str, str]) -> dict[str, str]:
    return {field: "too_long" for field, longest in LONGEST.items() if len(whole.get(field, "")) > longest}


def _claim(line: Mapping[str, str], today: date, problems: dict[str, str]) -> Claim | None:
    """The form's facts about a purchase; None if there are none."""
    purchased = None
    try:
        purchased = date.fromisoformat(line["purchase_date"]) if line.get("purchase_date") else None
    except ValueError:
        problems["purchase_date"] = "no_date"
    if purchased and not bought_then(purchased, today):
        problems["purchase_date"] = "not_bought_then"
    claim = Claim(purchased, line.get("product", ""), line.get("serial_number", ""))
    return claim if claim != Claim() else None


def address(text: str) -> str:
    """The address without the blanks and invisible characters that copying adds at both ends."""
    begin, end = 0, len(text)
    while begin < end and _unseen(text[begin]):
        begin += 1
    while end > begin and _unseen(text[end - 1]):
        end -= 1
    return text[begin:end]


def _unseen(character: str) -> bool:
    return character.isspace() or character in _BLANK or unicodedata.category(character) in ("Cf", "Cc", "Zs")


def is_address(text: str) -> bool:
    """Whether the mail service could send to this (RFC 5321 without quoted local parts, which nobody uses). A
    messenger's user has no such address (decision 291)."""
    if is_handle(text) or len(text) > LONGEST["email"] or ".." in text or not _ADDRESS.fullmatch(text):
        return False
    try:
        text.rpartition("@")[2].encode("idna")
    except UnicodeError:
        return False
    return True


def is_reachable(address: str) -> bool:
    """Whether something can be sent to whom this address stands for: by mail, or by a messenger."""
    return is_address(address) or of_address(address) is not None


def country(text: str) -> str:
    """A country's code (ISO 3166-1, two letters). Raises InvalidFields."""
    code = text.strip().upper()
    if not re.fullmatch("[A-Z]{2}", code):
        raise InvalidFields({"country": "no_country"})
    return code


def clean(text: str) -> str:
    """Text that can be stored and shown: without lone surrogates, and without control characters other than tab and
    newline."""
    text = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_CONTROLS)


def one_line(text: str) -> str:
    """A single line, without characters that could start a new header line or reverse text."""
    return " ".join(clean(text).translate(_BIDI).split())


def first_words(message: str) -> str:
    """The subject of a message that has none: its first words."""
    words = one_line(message)
    return words if len(words) <= 60 else words[:60].rsplit(" ", 1)[0] + " …"
