"""Paragraphs that a mail gateway adds around a person's words: a warning stands above them, a notice below. People
write about links, viruses and secrets too, so each needs several signs (decision 320)."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.mail.gateways import gateway_labels, gateway_notices, gateway_warnings
from chalicelib.patterns import pattern

_MAX_PARAGRAPHS = 20
_GREETS = (",", "，")
_FRAMED = pattern(r"\s{0,8}([-_=])\1{1,40}\s{0,4}[^\W\d_][^\n]{0,50}?\s{0,4}\1{2,40}\s{0,8}")


def framed(line: str) -> bool:
    """Whether the line is made to stand above another mail, in words that nobody knows ("----- Antwort -----")."""
    found = _FRAMED.fullmatch(line) if len(line) <= 120 else None
    return found is not None and len(line.split()) <= 8


def without(lines: Sequence[str]) -> list[str]:
    """The lines without a gateway's paragraphs and lines: warnings at their beginning, notices at their end."""
    kept = list(lines)
    for _ in range(_MAX_PARAGRAPHS):
        shorter = _without_last(_without_first(kept))
        if len(shorter) == len(kept):
            break
        kept = shorter
    return [] if _only_framed(kept) else kept


def above_a_quotation(lines: Sequence[str]) -> list[str]:
    """The lines without the warning that a gateway put at the beginning of the mail that is quoted below them."""
    kept = list(lines)
    begin, end = _last_paragraph(kept)
    return kept[:begin] if begin < end and gateway_warnings.warning("\n".join(kept[begin:end])) else kept


def _only_framed(lines: Sequence[str]) -> bool:
    filled = [line for line in lines if line.strip()]
    return len(filled) == 1 and framed(filled[0])


def _without_first(lines: list[str]) -> list[str]:
    if banner := gateway_warnings.banner(lines):
        return lines[banner:]
    begin = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    end = next((at for at in range(begin, len(lines)) if not lines[at].strip()), len(lines))
    if begin < end and gateway_warnings.warning("\n".join(lines[begin:end])):
        return lines[end:]
    return lines[begin + 1 :] if begin < end and gateway_warnings.warning(lines[begin]) else lines


def _without_last(lines: list[str]) -> list[str]:
    begin, end = _last_paragraph(lines)
    paragraph = "\n".join(lines[begin:end])
    at, below = _last_paragraph(lines[:begin])
    above = "\n".join(lines[at:below]).rstrip()
    if begin == end or _announced(above):
        return lines
    if gateway_labels.company(paragraph, alone=not above):
        return lines if above.endswith(_GREETS) else lines[:begin]
    if gateway_notices.SITE.fullmatch(paragraph):
        return lines[:at] if gateway_notices.scanner(above) else lines
    if gateway_notices.notice(paragraph):
        return lines[:at] if gateway_notices.HEADING.fullmatch(above) else lines[:begin]
    return lines[: end - 1] if gateway_notices.notice(lines[end - 1]) else lines


def _announced(above: str) -> bool:
    """Whether a person announces in this paragraph what comes below it ("Our details:")."""
    return above.endswith((":", "：")) and not gateway_notices.HEADING.fullmatch(above)


def _last_paragraph(lines: list[str]) -> tuple[int, int]:
    turned = lines[::-1]
    end = len(lines) - next((at for at, line in enumerate(turned) if line.strip()), len(lines))
    begin = next((at + 1 for at in range(end - 1, -1, -1) if not lines[at].strip()), 0)
    return begin, end
