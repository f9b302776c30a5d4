"""Sample data for every page and mail, in all their states: previews show it, and the templates' tests use it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rendering import words
from chalicelib.rules.policy import countries
from chalicelib.rules.policy.model import Adverts, Shop
from chalicelib.rules.tickets.due_dates import DueDate
from chalicelib.rules.tickets.procedure_facts import Referral
from chalicelib.rules.tickets.ticket import Person
from chalicelib.services.customer import policy_page
from chalicelib.wiring import policy
from local.previews import calls, chats, documents, help, messengers, products, withdrawal

Sample = tuple[str, str, dict[str, Any]]
"""(name of the sample, template, context)."""

LIMITS = {
    "files": 10, "bytes": 4_000_000, "message": 20_000, "rating_text": 1_000, "upload": 26_214_400,
    "upload_said": 25_000_000,
}  # fmt: skip
NONCE = "1WyI3YzQiXQ.rT9fXw2c"
REFERENCE = "NL-7K3F9-QXMT2"
DESK_URL = f"https://care.northlight.example/desk/t/{REFERENCE}"
STATUS_URL = "https://care.northlight.example/t/WyJOTC03SzNGOSJd.rT9fXw2c"
MESSAGE = """The reading lamp Polaris arrived yesterday, thank you. It lights up, but after about ten minutes it \
starts to flicker, with every bulb I have tried.

I would like to keep it: can you send me a new dimmer, or should I send the whole lamp back?"""
ANSWER = """Hello Ms Okafor,

I am sorry about the flickering. With the Polaris this is almost always the dimmer, and we can replace it without \
you having to send the lamp back.

A new one leaves our workshop tomorrow. How to fit it is shown at https://www.northlight.example/help/dimmer in \
four pictures; it takes one screw.

Best wishes
Ada
Northlight Lamps"""


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def by(day: int, hour: int = 12) -> DueDate:
    """A due date in days."""
    return DueDate(at(day, hour), by_day=True)


def page_samples(shop: Shop, language: str) -> Iterator[Sample]:
    """Pages in all their states."""
    form = {
        "shop": shop,
        "values": {},
        "errors": {},
        "submission_id": "5d0c6e9a",
        "form_token": "WyJub3J0aGxpZ2h0Il0.x",
        "return_url": "",
        "countries": countries.of_bodies(shop),
        "limits": LIMITS,
    }
    typed = {"name": "Chidinma Okafor", "email": "chidinma.okafor", "kind": "warranty", "order_number": "2026-10442"}
    faults = {"message": "missing", "email": "not_an_address", "terms_accepted": "not_accepted"}
    to_mend = {field: words.phrase(language, f"problem.{field}.{code}") for field, code in faults.items()}
    faulty = {"values": typed, "errors": to_mend, "chosen_files": ["lamp.jpg", "bill.pdf"]}
    yield "contact", "contact", form
    for basis in ("existing_customer", "consent"):
        yield f"contact-{basis}", "contact", form | {"shop": replace(shop, adverts=Adverts(basis))}
    asking = replace(shop, terms_required=True, terms_url=shop.terms_url or f"{shop.url}/terms")
    yield "contact-errors", "contact", form | faulty | {"shop": asking}
    promised = {"reference": REFERENCE, "answer_by": by(24), "resolve_by": by(27)}
    thanked = {"shop": shop, "status_url": STATUS_URL, "email": "chidinma.okafor@example.org"}
    yield "thanks", "thanks", thanked | promised | {"acknowledge_by": at(23, 9, 17)}
    nothing = {"acknowledge_by": None, "answer_by": None, "resolve_by": None}
    yield "thanks-bare", "thanks", thanked | promised | nothing
    yield "thanks-unconfirmed", "thanks", thanked | promised | nothing | {"confirmed": False}
    yield (
        "thanks-quarantine",
        "thanks",
        thanked | {"reference": REFERENCE} | nothing | {"quarantined": True, "confirmed": False},
    )
    yield from withdrawal.page_samples(shop, language)
    yield from calls.page_samples(shop, language)
    yield from chats.page_samples(shop, language)
    yield "ticket", "ticket", ticket_sample(shop)
    yield "ticket-new", "ticket", ticket_sample(shop) | {"entries": entries(shop)[:1], "state": "open"}
    yield "ticket-others", "ticket", ticket_sample(shop) | {"entries": entries(shop) + others()}
    yield "ticket-reply-sent", "ticket", ticket_sample(shop) | {"reply_sent": True, "state": "open"}
    unsaid = {"message": words.phrase(language, "problem.message.nothing_said")}
    empty = {"errors": unsaid, "kept": False, "chosen_files": []}
    yield "ticket-errors", "ticket", ticket_sample(shop) | empty
    late = {"label_key": "resolve", "due": by(20, 15), "met": None, "late": True}
    closed = {"state": "closed", "promises": [*ticket_sample(shop)["promises"][:2], late]}
    yield "ticket-closed", "ticket", ticket_sample(shop) | closed
    rateable = closed | {"rate_until": at(29, 15), "rate_url": "/t/WyJOTC03SzNGOSJd.rT9fXw2c/rating"}
    rateable |= {"nonce": NONCE}
    yield "ticket-rateable", "ticket", ticket_sample(shop) | rateable
    given: dict[str, Any] = {"score": 4, "text": "Quick and kind.\nThe first parcel was not.", "at": at(26, 9, 5)}
    typed = {"score": "4", "rating_text": given["text"]}
    back = {"take_back_url": "/t/WyJOTC03SzNGOSJd.rT9fXw2c/rating/withdraw", "take_back_nonce": NONCE}
    rated = rateable | back | {"rating": given, "rating_sent": True, "values": typed}
    yield "ticket-rated", "ticket", ticket_sample(shop) | rated
    yield "ticket-rated-late", "ticket", ticket_sample(shop) | rated | {"rating_sent": False, "rate_until": None}
    gone = {"rating_withdrawn": at(26, 9, 20), "rating_taken_back": True}
    yield "ticket-taken-back", "ticket", ticket_sample(shop) | rateable | gone
    long = {"rating_text": words.phrase(language, "problem.too_long").format(longest=1_000)}
    yield "ticket-rated-errors", "ticket", ticket_sample(shop) | rated | {"rating_sent": False, "errors": long}
    unsaid = {"score": words.phrase(language, "problem.score.missing")}
    yield "ticket-rateable-errors", "ticket", ticket_sample(shop) | rateable | {"errors": unsaid}
    yield "ticket-referred", "ticket", ticket_sample(shop) | _referred(shop)
    link = {"shop": shop, "reference": REFERENCE, "confirm_url": "https://care.northlight.example/c/WyJOTC03.z"}
    for terms in documents.accepted(shop):
        yield f"ticket-terms-{terms.how}{len(terms.document)}", "ticket", ticket_sample(shop) | {"terms": terms}
    yield from messengers.page_samples(shop, language, ticket_sample(shop))
    again = {"nonce": words.phrase(language, "problem.press_again")}
    confirm = link | {"confirmed_at": None, "nonce": NONCE, "errors": {}, "kept": False}
    yield "confirm", "confirm", confirm
    yield "confirm-again", "confirm", confirm | {"errors": again}
    yield "confirm-done", "confirm", confirm | {"confirmed_at": at(24, 9), "nonce": ""}
    answering = {"shop": shop, "reference": REFERENCE, "answered_url": "/a/WyJOTC03.z", "status_url": STATUS_URL}
    answered = answering | {"reopen_days": 30, "nonce": NONCE, "errors": {}, "kept": False, "done": False, "may": True}
    yield "answered", "answered", answered
    yield "answered-again", "answered", answered | {"errors": again}
    yield "answered-done", "answered", answered | {"done": True, "may": False}
    yield "answered-over", "answered", answered | {"may": False}
    ending = {"shop": shop, "object_url": "/u/WyJuMSJd.z?lang=en"}
    yield "objection", "objection", ending | {"done": False}
    yield "objection-done", "objection", ending | {"done": True}
    yield "policy", "policy", {"shop": shop, "view": policy_page.view(shop, at(23, 9), holidays_of(shop))}
    yield from documents.samples(shop, language)
    yield from help.samples(shop, language)
    yield from products.page_samples(shop, language)
    yield from products.before_buying(shop, form, language)
    yield "home", "home", {"shops": list(policy().shops.values())}
    for what in ("not_found", "link_expired", "too_many", "too_large", "wrong_method", "unreadable", "error"):
        yield f"message-{what}", "message", {"what": what, "shop": shop}
    for what in ("not_found", "link_expired", "error"):
        yield f"message-{what}-no-shop", "message", {"what": what}


def _referred(shop: Shop) -> dict[str, Any]:
    """A ticket in the middle of the complaint procedure."""
    asked = Referral(1, "SwiftParcel", "claims@swiftparcel.example", "en", at(24, 14), "ada", answered_at=at(25, 9))
    last = {"who": "shop", "name": "Ada", "at": at(26, 10), "text": ANSWER, "html": None, "attachments": []}
    events = ("question", "extension", "instructions", "remedy_done", "final_answer")
    promises = [
        {"label_key": "next_answer", "due": by(27, 9), "met": None, "late": False, "waits": True},
        {"label_key": "remedy", "due": by(29, 18), "met": None, "late": False, "waits": False},
    ]
    return {
        "state": "referred",
        "referrals": (asked,),
        "bodies": shop.bodies[:1],
        "promises": promises,
        "entries": [*entries(shop), *(last | {"event": event} for event in events)],
    }


def ticket_sample(shop: Shop) -> dict[str, Any]:
    return {
        "shop": shop,
        "reference": REFERENCE,
        "subject": "Polaris reading lamp flickers",
        "state": "waiting",
        "opened_at": at(23, 9, 12),
        "promises": [
            {"label_key": "acknowledge", "due": at(23, 9, 17), "met": at(23, 9, 12), "late": False},
            {"label_key": "first_answer", "due": by(24, 10), "met": at(24, 12, 30), "late": True},
            {"label_key": "resolve", "due": by(27, 15), "met": None, "late": False},
        ],
        "entries": entries(shop),
        "reply_url": "/t/WyJOTC03SzNGOSJd.rT9fXw2c",
        "reply_sent": False,
        "submission_id": "84c2",
        "values": {},
        "errors": {},
        "limits": LIMITS,
        "link_expires": at(30, 9),
    }


def entries(shop: Shop) -> list[dict[str, Any]]:
    photo = {"name": "lamp-flickering.mp4", "size": 3_412_870, "url": f"{STATUS_URL}/files/1-ab12"}
    own = {"who": "you", "name": "Chidinma Okafor", "at": at(23, 9, 12), "text": MESSAGE, "html": None}
    answered = {"who": "shop", "name": "Ada", "at": at(24, 12, 30), "text": ANSWER, "html": None, "attachments": []}
    thanks = Markup("<p>Wonderful, <b>thank you</b>!</p><blockquote>A new one leaves our workshop</blockquote>")
    last = {"who": "you", "name": "", "at": at(24, 13, 2), "text": "Wonderful", "html": thanks, "attachments": []}
    return [own | {"attachments": [photo]}, answered, last]


def others() -> list[dict[str, Any]]:
    """Messages from people other than the customer and the shop, with a name and without."""
    message = {
        "who": "other",
        "at": at(24, 13, 40),
        "text": "It flickers at mine, too.",
        "html": None,
        "attachments": [],
    }
    return [message | {"name": "Obi Okafor"}, message | {"name": ""}]


def mail_samples(shop: Shop) -> Iterator[Sample]:
    """Mails as they are sent, and with as few optional values as possible."""
    full: dict[str, Any] = {
        "shop": shop,
        "kind": "complaint",
        "topic": "Defect",
        "order_number": "2026-10442",
        "reference": REFERENCE,
        "subject": "Polaris reading lamp flickers",
        "name": "Chidinma Okafor",
        "customer": Person("Chidinma Okafor", "chidinma.okafor@example.org"),
        "agent_name": "Ada Lindqvist",
        "text": MESSAGE,
        "attachments": [{"name": "lamp-flickering.mp4", "size": 3_412_870}, {"name": "bill.pdf", "size": 88_120}],
        "opened_at": at(23, 9, 12),
        "answer_by": by(24),
        "resolve_by": by(27),
        "status_url": STATUS_URL,
        "desk_url": DESK_URL,
        "unreadable": False,
        "flags": [],
        "reason": "empty",
    }
    nothing: dict[str, Any] = {
        "topic": None,
        "order_number": None,
        "subject": "",
        "name": "",
        "agent_name": "",
        "attachments": [],
    }
    bare = full | nothing | {"customer": Person("", ""), "text": "", "answer_by": None, "resolve_by": None}
    for kind in shop.kinds:
        yield f"acknowledgement-{kind}", "acknowledgement", full | {"kind": kind}
    for how, more in withdrawal.mailed():
        yield f"acknowledgement-withdrawal-{how}", "acknowledgement", full | {"kind": "withdrawal"} | more
    yield from calls.mail_samples(shop, full, bare)
    yield from chats.mail_samples(full, bare)
    to_withdraw = {"withdraw_url": f"{STATUS_URL}/withdraw"}
    yield "acknowledgement-return-withdraw", "acknowledgement", full | {"kind": "return"} | to_withdraw
    for how, more in help.acknowledged():
        yield f"acknowledgement-{how}", "acknowledgement", full | {"kind": "question"} | more
    yield "acknowledgement-unreadable", "acknowledgement", bare | {"unreadable": True}
    closed = {"closed": "We are closed on 24 December and 25 December. That is why it takes longer than usual."}
    yield "acknowledgement-closed", "acknowledgement", full | {"kind": "question"} | closed
    yield "acknowledgement-bare", "acknowledgement", bare
    yield "acknowledgement-unquoted", "acknowledgement", full | {"text": "", "subject": ""}
    yield "notification_new", "notification_new", full
    flags = ["unverified", "suspicious", "unreadable", "automatic", "stranger", "unknown_sender"]
    yield "notification_new-flagged", "notification_new", bare | {"flags": flags}
    at_host = {"flags": ["unanswerable"], "customer": Person("Cron Daemon", "root@host")}
    yield "notification_new-unanswerable", "notification_new", full | at_host
    yield "notification_reply", "notification_reply", full | {"writer": Person("Obi Okafor", "obi@example.org")}
    yield "notification_reply-bare", "notification_reply", bare
    clip = {"name": "fitting.pdf", "size": 240_000, "url": f"{STATUS_URL}/files/2-cd34"}
    yield "answer", "answer", full | {"text": ANSWER, "quote": MESSAGE, "attachments": [clip]}
    yield "answer-bare", "answer", bare | {"text": "Yes."}
    complain = {"complain_url": f"https://care.northlight.example/shops/{shop.id}/contact?kind=privacy_complaint"}
    yield "answer-complain", "answer", full | complain | {"authorities": shop.bodies[-1:]}
    unsure = ("unverified", "unproven", "unclear_sender")
    kept = {"text": "Thanks, Ada", "references": "NL-7KQ2M-X4RTD, NL-9PW3F-C6HJK"}
    for reason in ("bad_token", "empty", "automatic", "unreadable", *unsure, "no_address", "copy", "recall", "several"):
        yield f"not_delivered-{reason}", "not_delivered_to_customer", full | kept | {"reason": reason}
    yield "left_out", "left_out", full | {"left_out": ["signature.png", "logo.gif"]}
    yield "left_out-words", "left_out", full | {"left_out": [], "unsent": "Return address:\nLichtweg 7\n10115 Berlin"}
    why = {"undelivered_to": "mira@example.com", "undelivered_why": "5.1.1 550 User unknown", "undelivered_unsent": ""}
    for how in ("bounced", "failed", "complained", "refused"):
        yield f"undelivered-{how}", "undelivered", full | why | {"undelivered_how": how}
    unsent = why | {"undelivered_how": "refused", "undelivered_why": "", "undelivered_unsent": "overtaken"}
    yield "undelivered-unsent", "undelivered", full | unsent
    yield "undelivered-bare", "undelivered", bare | why | {"undelivered_how": "bounced", "undelivered_why": ""}
