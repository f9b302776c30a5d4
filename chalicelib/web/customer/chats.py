"""The form that begins a chat, and the chat's page: with scripts it asks for what is new, without them it reloads."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, NotFound, RateLimited
from chalicelib.rules.chats.request import FIELDS, LONGEST
from chalicelib.rules.identity import derived
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import QUESTION
from chalicelib.rules.tickets.clocks import CHAT_ANSWER, FIRST_ANSWER
from chalicelib.rules.tickets.ticket import Ticket, doubted
from chalicelib.services.chats import links, present, reading, right_now, telling, transcript
from chalicelib.services.customer import chatting
from chalicelib.services.intake.chats import beginning
from chalicelib.services.intake.submitting import Submitted
from chalicelib.services.tickets import links as form_links
from chalicelib.services.tickets import uploading
from chalicelib.services.timing import closures
from chalicelib.web import bodies, chat_lines, cors, problems, responses
from chalicelib.web.bodies import Form
from chalicelib.web.callers import caller
from chalicelib.wiring import deps, policy

_TYPED = ("name", "email", "order_number", "message")
_PREFILLED = ("topic", "order_number")


def show(request: Request, shop: str) -> Response:
    known, asked = _offering(shop), responses.query(request)
    language = responses.language(request, shop)
    if named := derived.references_in(asked.get("reference", "")):
        return responses.framed_page("thanks", shop=known, language=language, reference=named[0])
    values = {name: asked[name][: LONGEST["name"]] for name in _PREFILLED if name in asked}
    return _form(known, language, values)


def begin(request: Request, shop: str) -> Response:
    known, form, program = _offering(shop), Form(), bodies.wants_json(request)
    try:
        form = bodies.received(request, FIELDS)
        files, faults = uploading.collected(deps(), known, form.incoming_files, form.uploads)
        done = beginning.begin(deps(), known, form.fields, caller(request, form), form.faults | faults, files)
    except InvalidFields as fault:
        if program:
            raise InvalidFields(fault.codes, form.near) from fault
        return _to_mend(request, known, form, fault)
    if program:
        return responses.json_answer(_receipt(done), 201, cors.headers(request, shop))
    return responses.redirect(_next_page(known, done))


def preflight(request: Request, shop: str) -> Response:
    return cors.preflight(request, shop)


def show_own(request: Request, token: str) -> Response:
    asked = responses.query(request)
    return _own(request, token, sent="message" if "message" in asked else "")


def say(request: Request, token: str) -> Response:
    form, program = bodies.read(request), bodies.wants_json(request)
    fields = {**form.fields, "id": form.fields.get("id") or form.fields.get("submission_id", "")}
    try:
        caller = responses.source_address(request)
        done = chatting.say(deps(), token, fields, caller, form.incoming_files, form.uploads)
    except (InvalidFields, RateLimited) as error:
        if program:
            raise
        return _own(request, token, error, form)
    if program:
        return responses.json_answer({"number": done.number, "as_message": done.as_message}, 200, {})
    query = "?message=1" if done.as_message else ""
    return responses.redirect(f"{deps().public_url}/chat/{token}{query}#end")


def live(request: Request, token: str) -> Response:
    return chat_lines.answered(reading.live(deps(), token, chat_lines.number(request)))


def end(request: Request, token: str) -> Response:
    chatting.end(deps(), token, bodies.read(request).fields.get("choice", ""))
    if bodies.wants_json(request):
        return responses.json_answer(chat_lines.as_json(reading.live(deps(), token)), 200, {})
    return responses.redirect(f"{deps().public_url}/chat/{token}")


def back_to_page(request: Request, token: str) -> Response:
    """If a browser asks again for the address of a form."""
    return responses.redirect(f"{deps().public_url}/chat/{token}")


def save(request: Request, token: str) -> Response:
    seen = reading.live(deps(), token)
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{seen.ticket.ref}.txt"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return responses.answer(transcript.text(seen.shop, seen.ticket, seen.lines), 200, headers)


def _offering(shop: str) -> Shop:
    """The shop, if it has a chat. Raises UnknownShop, NotFound."""
    known = policy().shop(shop)
    if not known.chat.offered:
        raise NotFound(f"{shop} offers no chat")
    return known


def _receipt(done: Submitted) -> dict[str, Any]:
    """The answer to a program. A caller elsewhere who posts the same words gets only the reference."""
    ticket = done.ticket
    if not done.receipt:
        return {"reference": ticket.ref}
    clock = None if doubted(ticket) else ticket.clock(CHAT_ANSWER) or ticket.clock(FIRST_ANSWER)
    by = clock.due.isoformat().replace("+00:00", "Z") if clock else None
    return {
        "reference": ticket.ref,
        "token": links.token(deps(), ticket),
        "chat_url": links.url(deps(), ticket),
        "live": _is_live(ticket),
        "answer_by": by,
    }


def _is_live(ticket: Ticket) -> bool:
    return ticket.chat is not None and ticket.chat.open


def _next_page(shop: Shop, done: Submitted) -> str:
    if done.receipt:
        return links.url(deps(), done.ticket)
    return f"{deps().public_url}/shops/{shop.id}/chat?{urlencode({'reference': done.ticket.ref})}"


def _form(
    shop: Shop,
    language: str,
    values: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    chosen_files: Sequence[str] = (),
) -> Response:
    staffed = present.staffed(deps(), shop)
    # Somebody who is there answers within minutes, whatever days are closed.
    closed = "" if staffed else closures.on_form(deps(), shop, language, (shop.kinds[QUESTION],))
    return responses.framed_page(
        "chat",
        status=422 if errors else 200,
        shop=shop,
        language=language,
        caching="private, no-cache",
        values={"submission_id": secrets.token_urlsafe(12), **values},
        errors=errors or {},
        kept=any(values.get(name) for name in _TYPED),
        chosen_files=chosen_files,
        limits=bodies.LIMITS,
        staffed=staffed,
        closed=closed,
        right_now=right_now.beside_chat(deps(), shop, language, staffed=staffed),
        form_token=form_links.form_token(deps(), shop),
        longest=LONGEST,
    )


def _to_mend(request: Request, shop: Shop, form: Form, fault: InvalidFields) -> Response:
    asked = form.fields.get("language", "")
    language = asked if asked in shop.languages else responses.language(request, shop.id)
    chosen = bodies.chosen(deps(), form) + form.unsent
    return _form(shop, language, form.fields, _sentences(fault.codes, language), chosen)


def _own(
    request: Request,
    token: str,
    error: InvalidFields | RateLimited | None = None,
    refused: Form | None = None,
    *,
    sent: str = "",
) -> Response:
    seen = reading.live(deps(), token)
    language = _language(request, seen.ticket, seen.shop)
    codes = error.codes if isinstance(error, InvalidFields) else {"text": "too_often"} if error else {}
    # Words that another line has said under the same id are sent anew.
    again = {"text": refused.fields.get("text", "")} if refused else {}
    shown = responses.framed_page(
        "chat_own",
        status=429 if isinstance(error, RateLimited) else 422 if error else 200,
        shop=seen.shop,
        language=language,
        seen=seen,
        reference=seen.ticket.ref,
        by=telling.promised(deps().context(seen.shop), seen.ticket, language),
        chat_url=f"{responses.root()}/chat/{token}",
        bells=bool(deps().live_url),
        call_url=f"{responses.root()}/shops/{seen.shop.id}/call" if seen.shop.calls.offered else "",
        submission_id=secrets.token_urlsafe(12),
        sent=sent,
        values=again,
        chosen_files=bodies.chosen(deps(), refused) if refused else [],
        limits=bodies.LIMITS,
        errors=_sentences(codes, language),
        kept=False,
        longest=LONGEST,
    )
    return responses.rung(shown)


def _language(request: Request, ticket: Ticket, shop: Shop) -> str:
    asked = responses.query(request).get("lang", "")
    return next((each for each in (asked, ticket.language) if each in shop.languages), shop.languages[0])


def _sentences(codes: Mapping[str, str], language: str) -> dict[str, str]:
    longest = LONGEST | {"text": LONGEST["message"]}
    return {name: problems.sentence(name, code, language, longest=longest.get(name)) for name, code in codes.items()}
