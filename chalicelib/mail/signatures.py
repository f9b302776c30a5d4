"""What stands below a person's words: the signature, what the phone adds, rulers at the end.
Set apart, never thrown away; never everything there is."""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_SIGNATURE_LINES = 60
_DELIMITER = re.compile(r"\s{0,3}(?:--|__|--=20|-- ?\*?)\s{0,3}\Z")
_RULED = re.compile(r"\s{0,3}_{3,60}\s{0,3}\Z")
_SYMBOLS = re.compile(r"[\s*#~=_+.\-–—\u1427>|]{1,200}\Z")
_DEVICE = (
    r"(?:iphone|ipad|ipod|android|blackberry|samsung|galaxy|huawei|xiaomi|nokia|htc|pixel|oneplus|mobile"
    r"|mobiltelefon|mobil|handy|phone|smartphone|tablet|outlook|yahoo|gmail|aol|mail|airmail|mailbox"
    r"|proton ?mail|windows|spark|mozilla|thunderbird|k-9|icloud|gmx|web\.de|typeapp|bluemail|nine|device|cell"
    r"|fairphone|telefon|móvil|movil|celular|portable|smartfon)"
)
_MOBILE = re.compile(
    r"[\s*_(<\[]{0,6}(?:"
    r"(?:sent|sending) (?:from|via|by|with|using|on) .{1,130}"
    r"|(?:\S{1,20} )?from (?:my )?(?:iphone|ipad|ipod|mobile|blackberry|android)\b.{0,30}"
    r"|get \[?(?:outlook|yahoo|bluemail|spark)\b.{0,80}|download outlook.{0,60}"
    r"|von mein(?:em|er|en) .{1,50} (?:gesendet|geschickt|verschickt)|gesendet (?:von|mit|aus|via) .{1,60}"
    r"|diese nachricht wurde (?:von|mit) .{1,90} (?:gesendet|verschickt)"
    r"|envoyé (?:depuis|de|à partir d|avec|via|par) ?.{1,60}|télécharge[rz] outlook.{0,60}|obtenez outlook.{0,60}"
    r"|enviado (?:desde|do|da|de|a partir d|con|com|via) ?.{1,60}|obtener outlook.{0,60}|obter o outlook.{0,60}"
    r"|inviato (?:da|dal|dall'|con|tramite) ?.{1,60}|scarica outlook.{0,60}|ottieni outlook.{0,60}"
    r"|verzonden (?:vanaf|met|via|vanuit|van) .{1,60}|verstuurd (?:vanaf|met|via|van) .{1,60}"
    r"|outlook voor .{1,40} downloaden"
    r"|sendt (?:fra|med|via) .{1,60}|skickat (?:från|med|via) .{1,60}|lähetetty .{1,60}|hent outlook.{0,60}"
    r"|hämta outlook.{0,60}|hanki outlook.{0,60}"
    r"|wysłan[eoya] (?:z|ze|za pomocą|przy użyciu) .{1,60}|pobierz outlook.{0,60}|odesláno (?:z|ze"
    r"|pomocí) .{1,60}|odoslané (?:z|zo) .{1,60}"
    r"|отправлено (?:с|из|от) .{1,60}|надіслано (?:з|із|від) .{1,60}|скачать outlook.{0,60}"
    r"|trimis (?:de pe|din|de la) .{1,60}|στάλθηκε από .{1,60}|從我的 .{1,40} 傳送|从我的 .{1,40} ?发送"
    r"|发自我的.{1,40}|發自我的.{1,40}"
    r"|נשלח מ.{1,60}|poslano (?:s|iz|z) .{1,60}|dikirim dari .{1,60}|đã gửi từ .{1,60}"
    r")[\s*_)>\].!]{0,8}\Z",
    re.I,
)
_MOBILE_ENDS = ("gönderildi", "küldve", "küldve.", "から送信", "에서 보냄")
_SENT_FROM = re.compile(r"\s*sent (?:from|via) [^.:?]{3,60}\Z", re.I)
_SENT_BY = re.compile(
    rf"\b{_DEVICE}\b|(?:\bmy\b|\bmein|\bmon\b|\bmi\b|\bmeu\b|\bmio\b|\bmijn\b|\bmin\b|моего|мого|moje|mojego"
    rf"|mého)|傳送|发送|发自|發自|送信|보냄|ti-\d+",
    re.I,
)
CLOSING = re.compile(
    r"(?:(?:best|kind|warm|many|with kind(?:est)?|with best) )?regards|best wishes|yours (?:sincerely"
    r"|faithfully|truly)|sincerely(?: yours)?|cheers|thanks|thank you|best"
    r"|mit freundlichen grüßen|(?:freundliche|viele|liebe|beste|herzliche) grüße|mfg|gruß|cordialement"
    r"|bien cordialement|bien à vous|sincères salutations"
    r"|saludos(?: cordiales)?|un saludo|atentamente|cordiali saluti|distinti saluti|saluti|atenciosamente"
    r"|cumprimentos|abraços|met vriendelijke groet(?:en)?|groeten|mvg"
    r"|med venlig hilsen|venlig hilsen|mvh|med vennlig hilsen|med vänliga hälsningar|vänliga hälsningar"
    r"|ystävällisin terveisin|terveisin|pozdrawiam|z poważaniem|с уважением|з повагою|saygılarımla|s pozdravem"
    r"|üdvözlettel|cu stimă|με εκτίμηση",
    re.I,
)
_THANKS = re.compile(r"thank|many thanks", re.I)
_CONTACT = re.compile(
    r"@|https?://|www\.|\+?\d[\d ()/.-]{6,}\d|\b(?:CEO|CTO|CFO|COO|Manager|Director|Head|Engineer|Sales|Support"
    r"|GmbH|Ltd|Inc|LLC|S\.?A\.?|AG|BV|AB|Oy|Tel|Phone|Mobil|Fax)\b"
)


def mobile(line: str) -> bool:
    """Whether the line is what a phone or a mail app adds ("Sent from my iPhone")."""
    stripped = line.strip()
    if not 8 <= len(stripped) <= 160:
        return False
    return bool(_MOBILE.match(stripped) or stripped.endswith(_MOBILE_ENDS)) and bool(_SENT_BY.search(stripped))


def delimiter(line: str) -> bool:
    """Whether the line is the signature delimiter ("-- ") or what people type for it."""
    return bool(_DELIMITER.match(line))


def ruler(line: str) -> bool:
    """Whether the line holds nothing but lines and stars."""
    return bool(_SYMBOLS.match(line))


def split(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words and the signature below them. Lines the phone added go to the signature wherever they stand."""
    kept: list[str] = []
    added: list[str] = []
    for line in lines:
        (added if mobile(line) else kept).append(line)
    at = start(kept)
    if at is None and not any(map(_says_something, kept)):
        return list(lines), []
    words, signature = (kept, []) if at is None else (kept[:at], kept[at:])
    if not any(map(_says_something, signature)):
        signature = []
    words, last = _without_last_sent_from(_without_rulers(words))
    return words, [*last, *signature, *added]


def without(lines: Sequence[str], author: str) -> list[str]:
    """The words alone, which may be none: a signature at the very top goes, too. `author`: the writer's name."""
    kept = _without_rulers(_without_devices(list(lines)))
    at = next((index for index in range(len(kept)) if _strictly_begins(kept, index, author)), None)
    return kept if at is None else _without_rulers(_without_devices(kept[:at]))


def _without_devices(lines: list[str]) -> list[str]:
    """The lines without those at the end that an app added, set apart or not."""
    while True:
        shorter = _without_rulers(lines)
        if shorter and mobile(shorter[-1]):
            lines = shorter[:-1]
        else:
            return shorter


def _strictly_begins(lines: list[str], index: int, author: str) -> bool:
    """Whether a signature begins here: at a delimiter, at a closing formula or the writer's name above a contact
    block, or, above everything, at a closing formula with nothing but names below."""
    if delimiter(lines[index]) or _closing_block(lines, index):
        return True
    if author and lines[index].strip(" ,.*").casefold() == author.casefold():
        return any(map(_CONTACT.search, lines[index + 1 :])) and all(len(line) < 80 for line in lines[index:])
    return index == _first_words(lines) and _farewell_alone(lines[index:])


def _farewell_alone(lines: list[str]) -> bool:
    """Whether there is a farewell and nothing else. Thanks are words."""
    first, *below = (line.strip() for line in lines if line.strip())
    formula = first.strip(" ,.!")
    return (
        bool(CLOSING.fullmatch(formula))
        and not _THANKS.match(formula)
        and len(below) <= 4
        and all(len(line.split()) <= 5 and not re.search(r"[\d?!:]", line) for line in below)
    )


def _without_last_sent_from(lines: list[str]) -> tuple[list[str], list[str]]:
    """A jocular "Sent from …" that names no device counts only as the last line, set apart."""
    if len(lines) > 2 and not lines[-2].strip() and _SENT_FROM.match(lines[-1]):
        return _without_rulers(lines[:-1]), lines[-1:]
    return lines, []


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not ruler(line)


def start(lines: list[str]) -> int | None:
    """Where the signature begins: at its delimiter, or at a closing formula above a contact block. Never at the top."""
    at = delimited(lines)
    if at is not None:
        return at
    fenced = _fenced(lines)
    for index in range(max(_first_words(lines) + 1, len(lines) - 20), len(lines)):
        if index not in fenced and _closing_block(lines, index):
            return index
    return None


def delimited(lines: list[str], below_words: bool = True) -> int | None:
    """Where a signature delimiter stands, not too far from the end, and below some words unless told otherwise."""
    fenced = _fenced(lines)
    total = len(lines)
    first = _first_words(lines) + 1 if below_words else 0
    for index in range(max(first, total - MAX_SIGNATURE_LINES), total):
        line = lines[index]
        if index not in fenced and (delimiter(line) or (total - index <= 20 and _RULED.match(line))):
            return index
    return None


def _first_words(lines: list[str]) -> int:
    return next((index for index, line in enumerate(lines) if _says_something(line)), len(lines))


def _fenced(lines: list[str]) -> set[int]:
    """The lines within ``` fences: code is never a signature."""
    inside: set[int] = set()
    fences = [index for index, line in enumerate(lines) if line.lstrip().startswith("```")]
    for begin, end in zip(fences[::2], fences[1::2], strict=False):
        inside.update(range(begin, end + 1))
    return inside


def _closing_block(lines: list[str], index: int) -> bool:
    """ "Regards," followed by a name and at least one line that is no name: a title, a telephone number, an address."""
    if not CLOSING.fullmatch(lines[index].strip(" ,.!")):
        return False
    below = [line.strip() for line in lines[index + 1 :] if line.strip()]
    return (
        2 <= len(below) <= 9
        and len(below[0].split()) <= 5
        and all(len(line) < 80 for line in below)
        and any(map(_CONTACT.search, below[1:]))
    )


def _without_rulers(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or ruler(lines[end - 1])):
        end -= 1
    return lines[:end]
