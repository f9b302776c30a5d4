"""Phone numbers as people write them: the number to dial, and the words by which a number is found in any notation
(decision 101)."""

import re
import unicodedata

from chalicelib.patterns import pattern

# Fewer digits are an extension or a remark, not a number to call or to search.
_LEAST, _LIMIT = 5, 15
# A country's code (ITU-T E.164): those of one and of two digits; all others have three.
_CODE = pattern(r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{1,3}")
# Characters within a number. Anything else separates two numbers, as does a slash between spaces.
_PARTS = pattern(r"[^\d\s()+./\-‐-―]+|\s/\s|(?<=\d)\s*(?=\+)")
_TRUNK = pattern(r"\(\s*0\s*\)")
_ASKED = pattern(r"[\d\s()+./\-‐-―]+")


def numbers(text: str) -> tuple[str, ...]:
    """The numbers in the text of a phone field, as one dials them: "+4930901820", "030901820"."""
    text = _plain(text)
    whole = [*_PARTS.split(text), text] if " / " in text else _PARTS.split(text)
    return tuple(dict.fromkeys(number for part in whole if (number := _number(part))))


def dialled(text: str) -> str:
    """The first of these numbers; "" if there is none."""
    return next(iter(numbers(text)), "")


def words(text: str) -> tuple[str, ...]:
    """The words by which the numbers are found, with and without the country code. Their form is one that no text
    can contain."""
    spelled = (word for number in numbers(text) for word in (_national(number), number.lstrip("+0")))
    return tuple(dict.fromkeys(f"+{word}" for word in spelled if word))


def asked(query: str) -> str:
    """The search word for the number in the query; "" if the query is not a number."""
    number = whole(query)
    return f"+{_national(number)}" if number and _national(number) else ""


def whole(text: str) -> str:
    """The number, as one dials it, if the whole text is one; else ""."""
    text = _plain(text)
    return _number(text) if _ASKED.fullmatch(text) else ""


def _plain(text: str) -> str:
    """The text with the digits and signs of other scripts and widths as ASCII."""
    signs = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in signs if unicodedata.category(sign) != "Cf")


def _number(part: str) -> str:
    part = part.strip()
    abroad = part.lstrip("(").startswith("+")
    digits = re.sub(r"\D", "", _TRUNK.sub("", part) if abroad or part.startswith("00") else part)
    if digits.startswith("00") and not abroad:
        abroad, digits = True, digits[2:]
    if not _LEAST <= len(digits) <= _LIMIT or not digits.strip("0"):
        return ""
    return f"+{digits}" if abroad else digits


def _national(number: str) -> str:
    """The number without the country code and without the leading zero used within the country."""
    if not number.startswith("+"):
        return number.lstrip("0")
    return _CODE.sub("", number[1:], count=1).lstrip("0")
