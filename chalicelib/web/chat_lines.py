"""A chat's lines as JSON, for the customer's page and the desk's."""

from typing import Any

from chalice.app import Request, Response

from chalicelib.services.chats.reading import Line, Live
from chalicelib.web import responses

_MOST_DIGITS = 6


def number(request: Request) -> int:
    """The line after which is asked; 0 if there is no such number."""
    text = responses.query(request).get("after", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else 0


def answered(seen: Live) -> Response:
    """What is new; 204 if nothing is."""
    if not seen.lines and seen.next_ms:
        return responses.answer("", 204, {"Cache-Control": "no-store", "Next-Poll-Ms": str(seen.next_ms)})
    return responses.json_answer(as_json(seen), 200, {})


def as_json(seen: Live) -> dict[str, Any]:
    return {
        "messages": [_line(line) for line in seen.lines],
        "state": seen.state,
        "with": seen.agent,
        "last": seen.last,
        "next_poll_ms": seen.next_ms,
    }


def _line(line: Line) -> dict[str, Any]:
    said = {"number": line.number, "who": line.who, "name": line.name, "text": line.text}
    return (
        said
        | {"at": line.at.isoformat().replace("+00:00", "Z"), "id": line.id, "news": line.news}
        | {"files": [{"name": file.name, "url": file.url} for file in line.files]}
    )
