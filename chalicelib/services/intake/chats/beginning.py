"""A form that begins a chat becomes one ticket, however often it is posted. If nobody is there to answer, the ticket is
a message like any other, with the usual promise (decision 286)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from chalicelib.errors import InvalidFields, RateLimited
from chalicelib.rendering import words
from chalicelib.rules.chats import lines
from chalicelib.rules.chats.request import FIELDS, ChatRequest, read
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.intake.of_law import matters
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.intake.submission import in_order
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import ACKNOWLEDGED_BY_LAW, QUESTION
from chalicelib.rules.tickets.messages import Channel, Person
from chalicelib.services.chats import places, present
from chalicelib.services.intake import submitting
from chalicelib.services.intake.submitting import Caller, Submitted
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting
from chalicelib.services.tickets.filing import IncomingFile


def begin(
    deps: Deps,
    shop: Shop,
    fields: Mapping[str, str],
    caller: Caller,
    faults: Mapping[str, str] | None = None,
    files: Sequence[IncomingFile] = (),
) -> Submitted:
    """The ticket of this chat, new or existing. `files`: those of its first line. `faults`: fields that could not even
    be read. Raises InvalidFields with these and all other faults."""
    request = _read(fields, shop, len(files), faults or {})
    suspicions = tuple(submitting.signs(deps, shop, request.message, caller))
    staffed = present.staffed(deps, shop) and not suspicions and not places.full(deps, shop)
    arrival = _arrival(shop, request, files)
    _count(deps, shop, request.email, caller, arrival.fingerprint)
    by_law = arrival.kind in ACKNOWLEDGED_BY_LAW
    inbound = replace(arrival, suspicions=suspicions, acknowledge=not staffed or by_law, notify=not staffed)
    rule = partial(lines.begun, context=deps.context(shop), staffed=staffed)
    return submitting.open_once(deps, shop, inbound, files, caller, begin=rule)


def _read(fields: Mapping[str, str], shop: Shop, files: int, faults: Mapping[str, str]) -> ChatRequest:
    problems = dict(faults)
    try:
        request = read(fields, shop, files)
    except InvalidFields as wrong:
        problems = wrong.codes | problems
    if problems:
        raise InvalidFields(in_order(problems, FIELDS))
    return request


def _count(deps: Deps, shop: Shop, email: str, caller: Caller, fingerprint: str) -> None:
    key = derived.source_of("chat", caller.key or caller.submission_id or f"{deps.now():%Y-%m-%dT%H}", fingerprint)
    try:
        limiting.chats(deps, shop, email, caller.address, key)
    except RateLimited:
        raise InvalidFields({"message": "too_many_chats"}) from None


def _arrival(shop: Shop, request: ChatRequest, files: Sequence[IncomingFile]) -> Inbound:
    said = (canonical(request.email), request.name, request.topic or "", request.order_number or "", request.message)
    digests = (file.digest for file in files)
    topic, kind = shop.topic(request.topic), matters.kind_with(shop, "", request.message, QUESTION)
    about = shop.text(topic.label, request.language) if topic else request.order_number or ""
    subject = words.phrase(request.language, "chats.said.subject")
    return Inbound(
        channel=Channel.CHAT,
        person=Person(request.name, request.email),
        subject=f"{subject}: {about}" if about else subject,
        text=request.message,
        source="",
        fingerprint=derived.source_of("chat", shop.id, *said, *digests),
        kind=kind,
        language=request.language,
        topic=request.topic,
        order_number=request.order_number,
        remarks=matters.besides(shop, "", request.message, kind),
    )
