"""Names in scripts without capitals, where any words look like a name."""

from __future__ import annotations

from chalicelib.patterns import pattern

_MAX_WORDS = 3
_EAST = r"[\u3040-\u30ff\u3400-\u9fff々\uac00-\ud7af]"
# The longest usual name: family and given name in Japanese.
_EASTERN = pattern(rf"{_EAST}{{1,4}}|{_EAST}{{1,5}} ?(?:드림|올림|拝|敬上)")
_WORD = r"(?:[\u05d0-\u05ea'׳״\"-]{2,14}|[\u0620-\u064a-]{2,14})"
_HEBREW_OR_ARABIC = pattern(rf"{_WORD}(?: {_WORD})?")
_HONOURED = pattern(
    rf"(?:{_EAST}{{1,8}}|[^\W\d_]{{1,20}}(?: [^\W\d_]{{1,20}})?) ?"
    r"(?:様|さま|さん|殿|님|씨|先生|女士|小姐|老师|老師|太太)"
    r"|(?:גב['׳]|מר|גברת|אדון|ד[\"״]ר|السيد|السيدة|الأستاذ|الأستاذة|الدكتور|الدكتورة)(?: [^\W\d_]{2,14}){1,2}"
)
# What answers say: when, that it is sent or paid back, yes and no, a colour.
_SAID = pattern(
    r"[已了不没沒有是退发發送货貨款到寄可]|[今明昨]天|[今明昨]日|周[一-龥]|星期|[曜色]|ます|です|ました|ません|から|まで"
    r"|니다|세요|어요|아요|내일|오늘|어제|요일|완료|발송|배송|환불|취소|예정"
    r"|(?<!\w)(?:היום|מחר|אתמול|נשלח\w{0,2}|הוחזר|בוטל|יום|מוכן|לא|כן|כחול|אדום|לבן|שחור|ירוק|تم|اليوم|غدا|غدًا|أمس|يوم|جاهز\w?|لا|نعم|قد"
    r"|الطلب|أزرق|أحمر|أبيض|أسود|أخضر)(?!\w)"
)


def uncased(text: str) -> bool:
    """Whether letters of the text have no capitals (Chinese, Korean, Hebrew, Arabic, Thai ...)."""
    return any(letter > "\u058f" and letter.isalpha() and letter.upper() == letter.lower() for letter in text)


def honoured(text: str) -> bool:
    """Whether the text is a name with a title of address: "王先生", "Kim様", "السيد أحمد"."""
    return bool(_HONOURED.fullmatch(text)) and len(text.split()) <= _MAX_WORDS and not _SAID.search(text)


def short_name(text: str) -> bool:
    """Whether a line of its own could be a name: at most four characters of East Asia, or two words of Hebrew or
    Arabic, perhaps with a word that signs (드림), and none of the words that answers have."""
    shaped = _EASTERN.fullmatch(text) or _HEBREW_OR_ARABIC.fullmatch(text)
    return honoured(text) or (shaped is not None and not _SAID.search(text))
