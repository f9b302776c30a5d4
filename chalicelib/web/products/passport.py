"""The guarantee passport of a purchased product, behind its signed link: what covers it, its serial number, and a claim
in one press."""

from collections.abc import Mapping
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields
from chalicelib.rendering import words
from chalicelib.rules.access.by_hand import Button
from chalicelib.rules.identity import derived
from chalicelib.rules.intake.of_law import matters
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.intake.submission import LONGEST, clean
from chalicelib.rules.orders.history import state
from chalicelib.rules.policy.promises import WARRANTY
from chalicelib.rules.tickets.procedure_facts import Claim
from chalicelib.rules.tickets.ticket import Channel, Person
from chalicelib.services.intake import submitting
from chalicelib.services.intake.submitting import Caller
from chalicelib.services.orders import pressing
from chalicelib.services.orders.shown import page_view, passport
from chalicelib.services.orders.shown.passport import Passport
from chalicelib.services.tickets import links
from chalicelib.web import bodies, problems, responses
from chalicelib.web.customer import pressed_by_hand
from chalicelib.wiring import deps

_FAULTY = "faulty"


def show(request: Request, token: str) -> Response:
    return _page(request, token)


def note_serial(request: Request, token: str) -> Response:
    seen, form = passport.view(deps(), token), bodies.read(request)
    try:
        press = pressed_by_hand.pressed(request, form, Button.NOTE_SERIAL, token)
        pressing.note_serial(deps(), seen.order, seen.line.line.id, form.fields.get("serial_number", ""), press)
    except InvalidFields as error:
        if bodies.wants_json(request):
            raise
        return _page(request, token, error.codes, form.fields)
    return responses.redirect(f"{deps().public_url}/g/{token}?{urlencode(_language(request) | {'noted': '1'})}")


def claim(request: Request, token: str) -> Response:
    seen, form = passport.view(deps(), token), bodies.read(request)
    try:
        press = pressed_by_hand.pressed(request, form, Button.CLAIM, token)
        if not seen.claimable:
            raise InvalidFields({"form": "not_open"})
        said = clean(form.fields.get("message", "")).strip()
        if len(said) > LONGEST["message"]:
            raise InvalidFields({"message": "too_long"})
        arrival = _arrival(seen, said, _spoken(request, seen))
        caller = Caller(responses.source_address(request), submission_id=derived.source_of("claim", token, press))
        done = submitting.open_once(deps(), seen.shop, arrival, (), caller)
    except InvalidFields as error:
        if bodies.wants_json(request):
            raise
        return _page(request, token, error.codes, form.fields)
    receipt = links.receipt_url(deps(), done.ticket).rpartition("/")[2]
    named = {"t": receipt} if done.receipt else {"reference": done.ticket.ref}
    return responses.redirect(f"{deps().public_url}/shops/{seen.shop.id}/thanks?{urlencode(named)}")


def _arrival(seen: Passport, said: str, language: str) -> Inbound:
    """The claim with everything that the order knows. Its writer reads the buyer's mails, where the link is."""
    line, basket = seen.line.line, state(seen.order.events).basket
    buyer = basket.buyer if basket else None
    subject = words.phrase(language, "passport.claimed.subject").format(product=line.name)
    text = said or words.phrase(language, "passport.claimed.text").format(product=line.name, number=seen.order.number)
    about = derived.source_of("claim", seen.order.ref, line.id, text)
    return Inbound(
        channel=Channel.FORM,
        person=Person(buyer.name if buyer else "", buyer.address if buyer else ""),
        subject=subject[: LONGEST["subject"]],
        text=text,
        source="",
        fingerprint=about,
        kind=WARRANTY,
        language=language,
        topic=_FAULTY if seen.shop.topic(_FAULTY) else None,
        order_number=seen.order.number,
        confirmed=True,
        country=seen.country,
        remarks=matters.besides(seen.shop, "", said, WARRANTY),
        claim=Claim(seen.bought, seen.called, seen.serial, seen.delivered, seen.repaired),
    )


def _language(request: Request) -> dict[str, str]:
    asked = responses.query(request).get("lang", "")
    return {"lang": asked} if asked.isalpha() and len(asked) == 2 else {}


def _spoken(request: Request, seen: Passport) -> str:
    asked = responses.query(request).get("lang", "")
    return asked if asked in seen.shop.languages else page_view.language_of(seen.shop, seen.order)


def _page(
    request: Request, token: str, codes: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    seen = passport.view(deps(), token)
    language, errors = _spoken(request, seen), codes or {}
    longest = {"serial_number": pressing.LONGEST, "message": LONGEST["message"]}
    shown = responses.page(
        "passport",
        status=422 if errors else 200,
        shop=seen.shop,
        language=language,
        seen=seen,
        notice=seen.shop.guarantees.notice.get(language, ""),
        passport_url=f"{responses.root()}/g/{token}",
        noted="noted" in responses.query(request) and not errors,
        values=dict(typed) if typed is not None else {"serial_number": seen.serial},
        errors={
            name: problems.sentence(name, code, language, longest=longest.get(name, 0)) for name, code in errors.items()
        },
        kept=typed is not None,
        serial_nonce=pressed_by_hand.nonce(Button.NOTE_SERIAL, token),
        claim_nonce=pressed_by_hand.nonce(Button.CLAIM, token),
        limits=bodies.LIMITS,
    )
    return pressed_by_hand.ready(shown)
