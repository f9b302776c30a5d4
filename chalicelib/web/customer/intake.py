"""Endpoints by which customers write: the hosted form, the endpoint for storefronts, and uploads of large files."""

import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, InvalidLink
from chalicelib.rules.identity import derived
from chalicelib.rules.intake import submission
from chalicelib.rules.intake.submission import LONGEST
from chalicelib.rules.policy import countries
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import NO_ARTICLES, WARRANTY
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE, FIRST_ANSWER, RESOLVE, Clock
from chalicelib.rules.tickets.due_dates import due_date
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.ticket import Ticket, as_promised, doubted
from chalicelib.services.chats import right_now
from chalicelib.services.documents import terms
from chalicelib.services.orders import order_links
from chalicelib.services.products import before_buying
from chalicelib.services.tickets import links, uploading
from chalicelib.services.timing import closures
from chalicelib.web import bodies, cors, problems, responses
from chalicelib.web.bodies import Form
from chalicelib.web.callers import caller
from chalicelib.wiring import deps, policy

if TYPE_CHECKING:
    from chalicelib.rules.help.articles import Article
    from chalicelib.services.intake.submitting import Submitted

# What a program says about a file before it uploads it.
_UPLOAD_FIELDS = ("filename", "content_type", "size")
# Fields that people type in themselves. If all are empty, the form has nothing worth keeping.
_TYPED = ("order_number", "product", "serial_number", "purchase_date", "subject", "message", "name", "email")
# Fields that a storefront's link to the form may fill in.
_LONGEST_ASKED = 2_000
_PREFILLED = {"kind", "topic", "order_number", "product", "subject", "return_url", "searched"}


def contact(request: Request, shop: str) -> Response:
    known = policy().shop(shop)
    asked = responses.query(request)
    values = {name: value[: LONGEST.get(name, _LONGEST_ASKED)] for name, value in asked.items() if name in _PREFILLED}
    if "o" in asked:
        values |= _of_order(known, asked)
    return _form(known, responses.language(request, shop), values)


def _of_order(shop: Shop, asked: Mapping[str, str]) -> dict[str, str]:
    """What the link of an order fills in. Day and product are fields of a warranty claim: another form would carry them
    unseen."""
    link = {name: asked[name] for name in ("o", "line") if name in asked}
    filled = order_links.filled_in(deps(), shop, link["o"], link.get("line", ""))
    unseen = () if asked.get("kind") == WARRANTY else ("purchase_date", "product")
    return link | {name: value for name, value in filled.items() if value and name not in unseen}


def open_ticket(request: Request, shop: str) -> Response:
    from chalicelib.services.intake import submitting  # the page is shown without it

    known = policy().shop(shop)
    form = Form()
    try:
        form = bodies.received(request, submission.FIELDS)
        if "searched" in form.fields:  # our own link wrote it: too much of it is no mistake of who sends the form
            form.fields["searched"] = form.fields["searched"][: LONGEST["searched"]]
        incoming_files, faults = uploading.collected(deps(), known, form.incoming_files, form.uploads)
        done = submitting.submit(
            deps(), known, form.fields, incoming_files, caller(request, form), form.faults | faults
        )
    except InvalidFields as fault:
        if bodies.wants_json(request):
            raise InvalidFields(fault.codes, form.near) from fault
        return _to_mend(request, known, form, fault)
    if (searched := form.fields.get("searched", "")) and done.receipt and not doubted(done.ticket):
        _count_search(request, known, done.ticket, searched)
    if bodies.wants_json(request):
        return responses.json_answer(_receipt(done), 201, cors.headers(request, shop))
    return responses.redirect(_next_page(known, form, done))


def preflight(request: Request, shop: str) -> Response:
    return cors.preflight(request, shop)


def begin_upload(request: Request, shop: str) -> Response:
    known, form = policy().shop(shop), bodies.received(request, _UPLOAD_FIELDS)
    if form.faults:
        raise InvalidFields(form.faults, form.near)
    begun = uploading.begin(deps(), known, form.fields, responses.source_address(request))
    return responses.json_answer(begun, 201, cors.headers(request, shop))


def thanks(request: Request, shop: str) -> Response:
    known, asked = policy().shop(shop), responses.query(request)
    named = derived.references_in(asked.get("reference", ""))
    if named and "t" not in asked:
        return responses.page("thanks", shop=known, language=responses.language(request, shop), reference=named[0])
    opened = links.open_status(deps(), asked.get("t", ""))
    ticket = opened.ticket
    if ticket.shop != known.id:
        raise InvalidLink(expired=False)
    return responses.page(
        "thanks",
        shop=known,
        language=ticket.language,
        reference=ticket.ref,
        email=ticket.requester.address,
        status_url=links.receipt_url(deps(), ticket),
        longer=known.kinds[ticket.kind].extension is not None,
        closed=closures.of_promises(deps(), known, ticket),
        quarantined=doubted(ticket),
        confirmed=_confirmed(ticket),
        articles=_articles(known, ticket),
        **_said(ticket),
    )


def _count_search(request: Request, shop: Shop, ticket: Ticket, searched: str) -> None:
    from chalicelib.services.help import counting  # only after a search: others do not wait for the help's index

    language = ticket.language if ticket.language in shop.languages else shop.languages[0]
    counting.followed(deps(), shop, language, searched, responses.source_address(request))


def _articles(shop: Shop, ticket: Ticket) -> "Sequence[Article]":
    from chalicelib.services.help import acknowledging  # the form is posted without reading the help's index

    return acknowledging.articles(deps(), shop, ticket)


def _receipt(done: "Submitted") -> dict[str, Any]:
    """The answer to a program that opened a ticket. It is the same if the same program posts the same again. A caller
    elsewhere who posts the same words gets only the reference."""
    ticket = done.ticket
    if not done.receipt:
        return {"reference": ticket.ref}
    clocks = _promised(ticket).items()
    moments = {name: clock.due.isoformat().replace("+00:00", "Z") if clock else None for name, clock in clocks}
    quarantined = {"quarantined": True} if doubted(ticket) else {}
    return {"reference": ticket.ref, "status_url": links.receipt_url(deps(), ticket)} | moments | quarantined


def _said(ticket: Ticket) -> dict[str, Any]:
    return {name: due_date(clock) if clock else None for name, clock in _promised(ticket).items()}


def _promised(ticket: Ticket) -> dict[str, Clock | None]:
    """The promises as they were when the ticket was opened, even if it has changed since: the caller need not be its
    customer. A ticket in quarantine has no promises until an agent has looked at it."""
    names = {"acknowledge_by": ACKNOWLEDGE, "answer_by": FIRST_ANSWER, "resolve_by": RESOLVE}
    clocks = () if doubted(ticket) else (ticket.clock(ACKNOWLEDGE), *as_promised(ticket))
    promised = {clock.name: clock for clock in clocks if clock}
    return {key: promised.get(name) for key, name in names.items()}


def _confirmed(ticket: Ticket) -> bool:
    """Whether an acknowledgement is or was mailed to the customer."""
    mails = ticket.outbox.deliveries if ticket.outbox else ()
    return any(mail.purpose is Purpose.ACKNOWLEDGEMENT for mail in mails)


def _next_page(shop: Shop, form: Form, done: "Submitted") -> str:
    """The shop's own page if the form names one that the policy allows, else our thank-you page. For a ticket in
    quarantine always ours, since the shop's page is the same for all tickets and would promise too much."""
    wanted, ticket = form.fields.get("return_url", ""), done.ticket
    if _allowed(shop, wanted) and not (done.receipt and doubted(ticket)):
        parts = urlsplit(wanted)
        named = urlencode({"reference": ticket.ref})
        return urlunsplit(parts._replace(query=f"{parts.query}&{named}" if parts.query else named))
    parameters = (
        {"t": links.receipt_url(deps(), ticket).rpartition("/")[2]} if done.receipt else {"reference": ticket.ref}
    )
    return f"{deps().public_url}/shops/{shop.id}/thanks?{urlencode(parameters)}"


def _allowed(shop: Shop, url: str) -> bool:
    """Whether the policy lists a return URL with the same origin and path; the query may differ. Otherwise this would
    be an open redirect."""
    if not url.isascii() or not url.isprintable() or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}{parts.path}" in shop.return_urls


def _to_mend(request: Request, shop: Shop, form: Form, fault: InvalidFields) -> Response:
    """The form again, with what was typed, an error for each wrong field, and the names of the files to choose
    again."""
    asked = form.fields.get("language", "")
    language = asked if asked in shop.languages else responses.language(request, shop.id)
    errors = {name: problems.sentence(name, code, language) for name, code in fault.codes.items()}
    chosen = (
        [incoming_file.filename for incoming_file in form.incoming_files]
        + uploading.names(deps(), form.uploads)
        + form.unsent
    )
    return _form(shop, language, form.fields, errors, chosen)


def _form(
    shop: Shop,
    language: str,
    values: dict[str, str],
    errors: dict[str, str] | None = None,
    chosen_files: Sequence[str] = (),
) -> Response:
    return_url, before = values.get("return_url", ""), before_buying.of_form(deps(), shop, values)
    shown = terms.shown(deps(), shop, values.get("terms_version", ""))
    return responses.page(
        "contact",
        status=200 if errors is None else 422,
        shop=shop,
        language=language,
        # The Back button must show the same form with its submission_id, so that sending it again opens no second
        # ticket.
        caching="private, no-cache",
        values=values,
        closed=closures.on_form(deps(), shop, language, shop.offered),
        right_now=right_now.said(deps(), shop, language),
        errors=errors or {},
        chosen_files=chosen_files,
        kinds=list(shop.offered),
        topics=shop.topics,
        countries=countries.of_bodies(shop),
        submission_id=values.get("submission_id") or secrets.token_urlsafe(18),
        form_token=links.form_token(deps(), shop),
        return_url=return_url if _allowed(shop, return_url) else "",
        terms_version=str(shown.version) if shown else "",
        kept=any(values.get(name, "").strip() for name in _TYPED),
        limits=bodies.LIMITS,
        unsuggested=sorted(NO_ARTICLES),
        before=before,
    )
