"""The complaint procedure's mails with sample data: as they are sent, and with as few optional values as possible.

They belong to the samples of `local.previews.examples`, for previews and for the templates' tests.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from chalicelib.rules.policy.model import ConsumerBody, Shop
from chalicelib.rules.procedure.remedies.warranty import LONGER_AFTER_REPAIR, Choice
from chalicelib.rules.tickets.procedure_facts import Outcome, OwedBy, Performer, RemedyKind
from chalicelib.rules.tickets.ticket import Person
from chalicelib.services.ports.inbox import Count
from local.previews import documents, help, learning, messengers, products
from local.previews.examples import DESK_URL, MESSAGE, REFERENCE, STATUS_URL, Sample, at, by

ASKED = """Please find out where the parcel was dropped on its way to our customer, and whether you accept the damage.

We would like to hear from you whether the recipient's signature says anything about the state of the box."""
TOLD = """The scan at our depot in Leipzig shows the box dented on one side. We accept the damage.

Please send us your invoice for the replacement."""
FOUND = """We tested a lamp of the same series for a day. Its dimmer overheats after ten minutes, just as you said.

The fault was in it when it left our workshop: https://www.northlight.example/help/dimmer tells more."""


def mail_samples(shop: Shop) -> Iterator[Sample]:
    """(name of the sample, template, context) of each mail."""
    full, bare = _full(shop), _bare(shop)
    yield from _to_customers(shop, full, bare)
    yield from _to_third_parties(full, bare)
    yield from _to_agents(full, bare)
    yield from _digests(shop)
    yield from learning.mail_samples(shop)
    yield from _together(shop)
    yield from products.waiting_mails(shop)
    yield from messengers.mail_samples(shop)


def _full(shop: Shop) -> dict[str, Any]:
    return {
        "shop": shop,
        "kind": "complaint",
        "topic": "It arrived damaged",
        "order_number": "2026-10442",
        "reference": REFERENCE,
        "subject": "Polaris reading lamp flickers",
        "name": "Chidinma Okafor",
        "email": "chidinma.okafor@example.org",
        "customer": Person("Chidinma Okafor", "chidinma.okafor@example.org"),
        "writer": Person("Ada Lindqvist", "ada@northlight.example"),
        "agent_name": "Ada",
        "text": MESSAGE,
        "quote": MESSAGE,
        "html": None,
        "attachments": [],
        "at": at(24, 9),
        "opened_at": at(23, 9, 12),
        "answer_by": by(24),
        "resolve_by": by(27),
        "status_url": STATUS_URL,
        "desk_url": DESK_URL,
        "flags": [],
        "reason": "",
    }


def _bare(shop: Shop) -> dict[str, Any]:
    nothing: dict[str, Any] = dict.fromkeys(("subject", "name", "email", "agent_name", "text", "quote"), "")
    nothing |= dict.fromkeys(("topic", "order_number", "answer_by", "resolve_by"))
    return _full(shop) | nothing | {"customer": Person("", ""), "writer": Person("", "")}


def _to_customers(shop: Shop, full: dict[str, Any], bare: dict[str, Any]) -> Iterator[Sample]:
    reason = (
        "The manufacturer has to test the dimmer itself, and its laboratory is booked until the middle of the month."
    )
    moved = {"reason": reason, "before": by(27), "until": by(30)}
    yield "extension", "extension", full | moved
    yield "extension-bare", "extension", bare | moved | {"reason": ""}
    for role, party in {"courier": "SwiftParcel", "manufacturer": "Lumenworks", "service": "Glow Repairs"}.items():
        yield f"referred-{role}", "referred", full | {"party_name": party, "party_role": role}
        yield f"referral_answered-{role}", "referral_answered", full | {"party_name": party, "party_role": role}
    somebody = {"party_name": "Oda Brandt", "party_role": ""}
    yield "referred-bare", "referred", bare | somebody
    yield "referral_answered-bare", "referral_answered", bare | somebody
    asked = "A photo of the dimmer from below would tell us which of two models you have."
    pieces = [f"evidence.{piece}" for piece in ("purchase_date", "product", "serial", "photo", "receipt")]
    yield "question", "question", full | {"text": asked, "evidence": pieces}
    yield "question-bare", "question", bare | {"text": asked, "evidence": []}
    confirming = {"confirm_url": "https://care.northlight.example/c/WyJOTC03.z", "confirm_by": at(30, 9)}
    yield "confirm_identity", "confirm_identity", full | confirming | {"kind": "data_request"}
    yield "confirm_identity-bare", "confirm_identity", bare | confirming
    noted = {"text": "", "agent_name": "", "confirmed_at": at(24, 9)}
    yield "identity_confirmed", "identity_confirmed", full | noted | {"kind": "data_request"}
    yield "identity_confirmed-bare", "identity_confirmed", bare | noted
    given = {"rating": {"score": 4, "text": "Quick and kind.\nThe first parcel was not.", "at": at(26, 9, 5)}}
    until = {"text": "", "agent_name": "", "withdrawn_at": None, "rate_until": at(29, 15)}
    yield "rated", "rated", full | until | given
    yield "rated-late", "rated", full | until | given | {"rate_until": None}
    yield "rated-bare", "rated", bare | until | {"rating": {"score": 1, "text": "", "at": at(26, 9, 5)}}
    taken_back = {"rating": None, "withdrawn_at": at(26, 9, 20)}
    yield "rated-taken-back", "rated", full | until | taken_back
    yield "rated-taken-back-late", "rated", full | until | taken_back | {"rate_until": None}
    answered = {"text": "", "agent_name": "", "closed_at": at(24, 9), "reopen_until": date(2026, 12, 24)}
    yield "self_served", "self_served", full | answered | {"kind": "question"}
    yield "self_served-bare", "self_served", bare | answered
    agreed = "Ada looks after your messages.\nThis holds until 28 February 2027."
    told = {"text": agreed, "complaint_url": "https://care.northlight.example/shops/northlight/contact"}
    yield "contact_agreement", "contact_agreement", full | told | {"ended": False}
    yield "contact_agreement-bare", "contact_agreement", bare | told | {"ended": False}
    yield "contact_agreement-ended", "contact_agreement", full | told | {"text": "", "ended": True}
    for purpose in ("publication_offered", "published"):
        yield purpose, purpose, full | products.mail_values()
        yield f"{purpose}-bare", purpose, bare | products.mail_values()
    way = "1. Put the lamp into its box.\n2. Stick the label on it.\n3. Take it to any parcel shop."
    label = {"name": "label.pdf", "size": 41_000, "url": "https://care.northlight.example/f/WyJOTC03.y"}
    yield "instructions", "instructions", full | {"text": way, "attachments": [label]}
    yield "instructions-choice", "instructions", full | {"text": way, "attachments": [], "choice": Choice(None)}
    yield "instructions-bare", "instructions", bare | {"text": way}
    for remedy_kind in RemedyKind:
        text = "The dimmer left our workshop this morning."
        yield (
            f"remedy_done-{remedy_kind}",
            "remedy_done",
            full | {"remedy_kind": remedy_kind, "text": text, "reopen_days": 30},
        )
    mended = full | {"remedy_kind": RemedyKind.REPAIR, "reopen_days": 30, "guarantee_longer": LONGER_AFTER_REPAIR}
    yield "remedy_done-longer", "remedy_done", mended | {"guarantee_until": date(2029, 8, 10)}
    yield "remedy_done-longer-unknown", "remedy_done", mended | {"guarantee_until": None}
    paid = {"remedy_kind": RemedyKind.EXPENSES, "remedy_money": "12.50 EUR", "reopen_days": 30}
    yield "remedy_done-money", "remedy_done", full | paid
    yield "remedy_done-bare", "remedy_done", bare | {"remedy_kind": RemedyKind.REFUND, "reopen_days": 1}
    automatic = {"text": "", "agent_name": ""}
    automatic |= {"objection_url": "https://care.northlight.example/u/WyJuMSJd.z?lang=en", "basis": "existing_customer"}
    yield "review_request", "review_request", full | automatic | {"rate_until": at(30, 9)}
    yield "review_request-bare", "review_request", bare | automatic | {"rate_until": None, "basis": "consent"}
    yield from _final_answers(shop, full, bare)


def _final_answers(shop: Shop, full: dict[str, Any], bare: dict[str, Any]) -> Iterator[Sample]:
    note = "The new dimmer comes with a picture that shows how to fit it. You need not send anything back."
    owed = {
        "remedy_kind": RemedyKind.REPLACEMENT,
        "owed_by": OwedBy.SELLER,
        "carried_out_by": Performer.SELLER,
        "remedy_due": by(30),
        "remedy_note": note,
        "remedy_money": "",
    }
    concluded = {"text": FOUND, "reopen_days": 30} | owed
    for outcome in (Outcome.UPHELD, Outcome.PARTLY_UPHELD, Outcome.NOT_UPHELD):
        yield (
            f"final_answer-{outcome}",
            "final_answer",
            full | concluded | {"outcome": outcome, "bodies": shop.bodies[:1]},
        )
    agreed = full | concluded | {"outcome": Outcome.PARTLY_UPHELD, "bodies": ()}
    yield "final_answer-choice", "final_answer", agreed | {"choice": Choice(LONGER_AFTER_REPAIR)}
    reduced = {"remedy_kind": RemedyKind.PRICE_REDUCTION, "remedy_money": "1250.50 EUR"}
    yield "final_answer-money", "final_answer", agreed | reduced
    for remedy_kind in RemedyKind:
        yield f"final_answer-remedy_kind-{remedy_kind}", "final_answer", agreed | {"remedy_kind": remedy_kind}
    sent_back = {"remedy_kind": RemedyKind.RETURN, "owed_by": OwedBy.CUSTOMER}
    yield "final_answer-by-customer", "final_answer", agreed | sent_back
    for performer in Performer:
        yield f"final_answer-through-{performer}", "final_answer", agreed | {"carried_out_by": performer}
    refused = {"outcome": Outcome.NOT_UPHELD, "reopen_days": 1, "text": "The lamp works as it should."}
    unowed = {"remedy_kind": "", "owed_by": "", "carried_out_by": "", "remedy_due": None, "remedy_note": ""}
    about_data = full | concluded | unowed | {"kind": "data_request", "outcome": Outcome.UPHELD, "about_data": True}
    complain = {"complain_url": f"https://care.northlight.example/shops/{shop.id}/contact?kind=privacy_complaint"}
    yield (
        "final_answer-complain",
        "final_answer",
        about_data | complain | {"bodies": (), "authorities": shop.bodies[-1:]},
    )
    yield (
        "final_answer-authority",
        "final_answer",
        about_data | {"kind": "privacy_complaint", "bodies": shop.bodies[-1:]},
    )
    yield "final_answer-bare", "final_answer", bare | refused | unowed | {"bodies": _two_bodies(shop)}


def _two_bodies(shop: Shop) -> list[ConsumerBody]:
    """One dispute body that the shop takes part in and one that it does not, as far as the policy has both."""
    return [*[b for b in shop.bodies if b.takes_part][:1], *[b for b in shop.bodies if not b.takes_part][-1:]]


def _to_third_parties(full: dict[str, Any], bare: dict[str, Any]) -> Iterator[Sample]:
    values = {"order_number": "2026-10442", "subject": "Polaris reading lamp flickers", "message": MESSAGE}
    values |= {
        "name": "Chidinma Okafor",
        "email": "chidinma.okafor@example.org",
        "product": "Polaris",
        "serial": "P-77",
    }
    values |= {"purchase_date": "2026-01-03", "topic": "It arrived damaged", "attachments": "bill.pdf"}
    facts = [{"label": f"referral.fact.{fact}", "value": value} for fact, value in values.items()]
    asked = {"party_name": "SwiftParcel", "text": ASKED, "answer_by": by(26), "number": 1}
    photo = {"name": "box.jpg", "size": 812_000, "url": "https://care.northlight.example/f/WyJOTC03.x"}
    yield "referral", "referral", full | asked | {"facts": facts[:1] + facts[5:7], "attachments": [photo]}
    yield "referral-everything", "referral", full | asked | {"facts": facts, "number": 2}
    yield "referral-bare", "referral", bare | asked | {"text": "", "facts": []}
    reminded = asked | {"asked_at": at(23, 10, 5), "count": 1, "answer_by": by(25)}
    yield "reminder", "reminder", full | reminded | {"facts": facts[:1] + facts[5:7]}
    yield "reminder-bare", "reminder", bare | reminded | {"text": "", "facts": [], "count": 3}


def _to_agents(full: dict[str, Any], bare: dict[str, Any]) -> Iterator[Sample]:
    heard = {"party_name": "SwiftParcel", "text": TOLD, "referred_at": at(23, 10, 5)}
    scan = {"name": "scan.pdf", "size": 1_240_000}
    yield (
        "notification_referral",
        "notification_referral",
        full | heard | {"attachments": [scan], "agent_name": "Ada Lindqvist"},
    )
    yield "notification_referral-bare", "notification_referral", bare | heard | {"text": ""}
    yield "answer_to_read", "answer_to_read", full | {"writer_name": "Ada Lindqvist", "agent_name": "Tom Berger"}
    yield "answer_to_read-bare", "answer_to_read", bare | {"writer_name": ""}
    explained = "2 working days from Fri 16:30, Mon is a holiday: due Wed 16:30"
    near = {"stage": "warn", "due": at(25, 15, 30), "explained": explained, "priority": "normal"}
    near |= {"assignee_name": "Ada Lindqvist", "reassigned": False}
    for clock in ("acknowledge", "first_answer", "next_answer", "resolve", "progress", "remedy", "referral-2"):
        yield f"escalation-{clock}-warn", "escalation", full | near | {"clock": clock}
        missed = {"clock": clock, "stage": "due", "priority": "high"}
        yield f"escalation-{clock}-due", "escalation", full | near | missed
        handed = {"clock": clock, "stage": "daily", "priority": "urgent", "reassigned": True}
        yield f"escalation-{clock}-daily", "escalation", full | near | handed
    yield "escalation-bare", "escalation", bare | near | {"clock": "resolve", "assignee_name": "", "explained": ""}


def _digests(shop: Shop) -> Iterator[Sample]:
    tickets = [
        _listed(
            REFERENCE, "Polaris reading lamp flickers", "Chidinma Okafor", at(20, 13, 30), "resolve", "Ada Lindqvist"
        ),
        _listed("NL-8M2QD-R4T7W", "Wrong shade in the box", "Bo Lund", at(23, 16), "first_answer", ""),
        _listed("NL-3C9HV-2ZK6B", "", "", at(23, 16, 30), "remedy", "Tom Berger"),
        _listed("NL-5WX8P-J1N4E", "Where is order 2026-10398?", "Femke de Wit", at(26, 11), "referral-2", "Tom Berger"),
    ]
    busy: dict[str, Any] = {"shop": shop, "day": at(23, 7), "overdue": tickets[:1], "due_today": tickets[1:3]}
    busy |= {
        "unread": tickets[2:3],
        "unread_count": Count(1),
        "referred": tickets[3:],
        "overdue_count": Count(1),
        "due_today_count": Count(2),
        "referred_count": Count(1),
        "quarantined_for": shop.quarantine,
        "gaps": help.GAPS,
        "improvements": learning.OVERDUE,
        "to_review": documents.to_review(shop),
    }
    yield (
        "digest",
        "digest",
        busy | {"waiting_count": Count(12), "quarantined_count": Count(3), "kept_percent": 94, "kept": 47, "missed": 3},
    )
    flood = {"overdue": tickets * 5, "overdue_count": Count(1_000, more=True)}
    flood |= {"due_today": tickets[:1], "due_today_count": Count(1)}
    yield (
        "digest-flood",
        "digest",
        busy
        | flood
        | {"waiting_count": Count(1), "quarantined_count": Count(1), "kept_percent": 0, "kept": 0, "missed": 9},
    )
    counts = dict.fromkeys(
        ("overdue_count", "due_today_count", "unread_count", "referred_count", "waiting_count", "quarantined_count"),
        Count(0),
    )
    lists: dict[str, Any] = {
        "overdue": [],
        "due_today": [],
        "unread": [],
        "referred": [],
        "gaps": [],
        "to_review": [],
        "improvements": [],
    }
    yield "digest-bare", "digest", busy | counts | lists | {"kept_percent": None, "kept": 0, "missed": 0}


def _together(shop: Shop) -> Iterator[Sample]:
    late = _listed(
        REFERENCE, "Polaris reading lamp flickers", "Chidinma Okafor", at(20, 13, 30), "resolve", "Tom Berger"
    )
    near = _listed("NL-8M2QD-R4T7W", "Wrong shade in the box", "Bo Lund", at(23, 16), "first_answer", "")
    asked = _listed("NL-3C9HV-2ZK6B", "", "", at(23, 16, 30), "referral", "Ada Lindqvist")
    steps = [late | {"stage": "due"}, near | {"stage": "warn"}, asked | {"stage": "daily"}]
    steps = [step | {"party_name": "SwiftParcel" if step["clock"] == "referral" else ""} for step in steps]
    all_of = {"shop": shop, "steps": steps, "overdue_count": 2, "soon_count": 1}
    yield "due_together", "due_together", all_of
    yield "due_together-bare", "due_together", all_of | {"steps": steps[1:2] * 2, "overdue_count": 0, "soon_count": 2}


def _listed(reference: str, subject: str, name: str, due: datetime, clock: str, assignee: str) -> dict[str, Any]:
    what = {"reference": reference, "subject": subject, "name": name, "assignee": assignee}
    url = DESK_URL.replace(REFERENCE, reference)
    return what | {"due": due, "clock": clock, "url": url}
