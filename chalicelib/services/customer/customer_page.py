"""The customer's page: what its signed link shows, and the replies it accepts. Ratings: services/customer/rating."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from chalicelib.errors import InvalidFields, InvalidLink, RateLimited
from chalicelib.rendering import pages
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.intake import submission
from chalicelib.rules.intake.limits import Source
from chalicelib.rules.intake.of_law import matters
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.policy.model import ConsumerBody, Shop
from chalicelib.rules.policy.promises import WITHDRAWAL
from chalicelib.rules.privacy import own_address
from chalicelib.rules.privacy.anonymising import was_theirs
from chalicelib.rules.procedure import confirming, rating
from chalicelib.rules.procedure.remedies import expensing, warranty
from chalicelib.rules.procedure.remedies.warranty import Choice, Rejection
from chalicelib.rules.procedure.replying import customer_adds
from chalicelib.rules.tickets.clocks import SEND_BACK, Clock
from chalicelib.rules.tickets.due_dates import broken, due_date
from chalicelib.rules.tickets.messages import NOBODY, Surface
from chalicelib.rules.tickets.procedure_facts import Referral
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import (
    Author,
    Change,
    Event,
    Message,
    Person,
    State,
    Ticket,
    Visibility,
    as_promised,
    doubted,
    promises,
)
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services.delivery import agreements, spacing
from chalicelib.services.ports.conflicts import Merged, MessageExists, VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting, links, merged, uploading
from chalicelib.services.tickets.commits import change_ticket, commit_unless_done
from chalicelib.services.tickets.filing import IncomingFile, file_away, shown_text
from chalicelib.services.tickets.links import Opened
from chalicelib.services.tickets.uploading import Uploaded

# A file's link is valid only for the time it takes to click it.
_FILE_LINK_SECONDS = 300
# The limit in bytes for all texts on the page together (pages.weight). Lambda answers with 6 MB at most.
_MAX_TOGETHER = 4_000_000
# How long the page confirms that a reply or rating has arrived.
_JUST_NOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A ticket as its customer may see it. `rate_until`: until when it may be rated. `continued_in`: the ticket it was
    merged into, if that has another customer."""

    shop: Shop
    ticket: Ticket
    entries: list[dict[str, Any]]
    promises: list[dict[str, Any]]
    referrals: tuple[Referral, ...]
    bodies: tuple[ConsumerBody, ...]
    link_expires: datetime
    reply_taken: bool
    rating_taken: bool
    rating_taken_back: bool
    rate_until: datetime | None
    continued_in: str | None = None
    receipt: bool = False
    quarantined: bool = False
    rejection: Rejection | None = None
    choice: Choice | None = None
    """Between repair and replacement, where one of them is under way."""
    may_claim: bool = False
    """Whether the customer may claim what the matter has cost them."""
    may_give_address: bool = False
    """Whether the customer, who wrote by a messenger, may give a mail address."""
    withdraw_url: str = ""
    """Where the customer can withdraw from the contract that the ticket is about, with the fields filled in."""


def view(deps: Deps, token: str, sent: str = "", *, in_browser: bool = True) -> CustomerView:
    """What the link shows; `sent` is the id of a reply just made on the page. If it was opened `in_browser`, and not by
    a program that follows links, it proves that the customer reads mail to the address. Raises InvalidLink,
    UnknownTicket."""
    opened = links.open_status(deps, token)
    if opened.receipt:
        return _receipt(deps, opened, sent)
    ticket, messages = _confirmed(deps, opened.ticket) if in_browser else opened.ticket, opened.messages
    shop = deps.policy.shop(ticket.shop)
    visible = [ticket.opening, *merged.for_customer(ticket, messages)]
    shown = sorted((m for m in visible if m.visibility is Visibility.SHARED and not was_theirs(m)), key=lambda m: m.at)
    now = deps.now()
    return CustomerView(
        shop=shop,
        ticket=ticket,
        entries=_entries(deps, shop, ticket, shown),
        promises=[_promise(shop, clock, now) for clock in (*promises(ticket), *ticket.clocks.only(SEND_BACK))],
        referrals=ticket.referrals,
        bodies=_bodies_named(shop, ticket),
        link_expires=links.expiry(shop, ticket),
        reply_taken=any(_just_taken(message, sent, now) for message in messages),
        rating_taken=ticket.rating is not None and now - ticket.rating.at <= _JUST_NOW,
        rating_taken_back=ticket.rating_withdrawn is not None and now - ticket.rating_withdrawn.at <= _JUST_NOW,
        rate_until=None if rating.by_shop(shop, ticket.requester.address) else rating.open_until(ticket, now),
        continued_in=ticket.merged_into,
        rejection=warranty.rejection(ticket, shop, local_date(now, shop.hours)),
        choice=warranty.choice(ticket, shop, local_date(now, shop.hours)),
        may_claim=expensing.tariff_for(shop, ticket, now) is not None,
        may_give_address=own_address.askable(ticket),
        withdraw_url=_withdraw_url(deps, shop, ticket),
    )


def _receipt(deps: Deps, opened: Opened, sent: str) -> CustomerView:
    """The page for the person who posted the form: their own words and the promises, nothing that was said since."""
    ticket, shop = opened.ticket, deps.policy.shop(opened.ticket.shop)
    own = [ticket.opening, *(m for m in opened.messages if Remark.BY_RECEIPT in m.remarks and m.ref == ticket.ref)]
    shown = [replace(m, files=()) for m in own if not was_theirs(m)]
    promised = () if doubted(ticket) else as_promised(ticket)
    return CustomerView(
        shop=shop,
        ticket=replace(ticket, rating=None, rating_withdrawn=None, state=State.OPEN),
        entries=_entries(deps, shop, ticket, shown),
        promises=[_promise(shop, clock, ticket.opened_at) for clock in promised],
        referrals=(),
        bodies=(),
        link_expires=links.receipt_expiry(shop, ticket, own),
        reply_taken=any(_just_taken(message, sent, deps.now()) for message in own),
        rating_taken=False,
        rating_taken_back=False,
        rate_until=None,
        receipt=True,
        quarantined=doubted(ticket),
    )


def _confirmed(deps: Deps, ticket: Ticket) -> Ticket:
    """The ticket, with its customer's address confirmed: the opened link is only in mails to that address. If the write
    fails now, it is repeated when the link is opened again."""

    def decide(current: Ticket) -> Change | None:
        return confirming.address_confirmed(current, deps.now())

    with suppress(VersionConflict):
        change = commit_unless_done(deps, ticket, decide, lambda: deps.tickets.ticket(ticket.ref) or ticket)
        return change.ticket or ticket if change else ticket
    return ticket


def reply(
    deps: Deps,
    token: str,
    fields: Mapping[str, str],
    sent: Sequence[IncomingFile],
    uploads: Sequence[Uploaded] = (),
    caller: str = "",
) -> str:
    """Add the customer's reply, once even if it is posted twice. Returns its id. `uploads` are the files uploaded
    before, `caller` is the internet address it comes from. Raises InvalidFields, InvalidLink, RateLimited."""
    opened = links.open_status(deps, token)
    ticket = opened.ticket
    shop = deps.policy.shop(ticket.shop)
    incoming_files = uploading.all_incoming_files(deps, shop, sent, uploads)
    text = submission.clean(fields.get("message", "")).strip()
    if not text and not incoming_files:
        raise InvalidFields({"message": "nothing_said"})
    if len(text) > submission.LONGEST["message"]:
        raise InvalidFields({"message": "too_long"})
    if len(incoming_files) > submission.MAX_FILES:
        raise InvalidFields({"attachments": "attachments_too_many"})
    key = fields.get("submission_id") or f"{deps.now():%Y-%m-%dT%H}"
    digests = [incoming_file.digest for incoming_file in incoming_files]

    def source_on(ref: str) -> str:
        return derived.source_of("page", ref, key, text, *digests)

    remarks = (Remark.BY_RECEIPT,) if opened.receipt else ()
    page_reply = PageReply(ticket.requester, text, incoming_files, remarks, limiting.caller(caller))
    return add(deps, shop, merged.resolve_merged(deps, ticket), page_reply, source_on)


def pass_on_rating(deps: Deps, token: str, fields: Mapping[str, str], caller: str) -> None:
    """Add the words of a rating as a reply too, once, if they withdraw or are about personal data: nobody has to read a
    rating at once. Raises InvalidLink, RateLimited."""
    words, ticket = rating.text_of(fields), links.open_status(deps, token).ticket
    if any(matters.matters(deps.policy.shop(ticket.shop), "", words)):
        reply(deps, token, {"message": words, "submission_id": "rating"}, (), caller=caller)


@dataclass(frozen=True, slots=True)
class PageReply:
    """A reply made on the page."""

    customer: Person
    text: str
    incoming_files: Sequence[IncomingFile]
    remarks: tuple[Remark, ...]
    source: Source


def add(deps: Deps, shop: Shop, ticket: Ticket, page_reply: PageReply, source_on: Callable[[str], str]) -> str:
    """The id of the customer's message on the ticket, or on the ticket it was merged into; if it was posted before, the
    id it has on a ticket merged into this one."""
    source = source_on(ticket.ref)
    before = merged.already_on_merged(deps, ticket, lambda ref: derived.message_id(deps.secret, ref, source_on(ref)))
    if before:
        return before.id
    inbound = Inbound(
        channel=Surface.PAGE,
        person=page_reply.customer,
        subject=ticket.subject,
        text=page_reply.text,
        source=source,
        fingerprint=source,
        kind=ticket.kind,
        language=ticket.language,
        remarks=(*page_reply.remarks, *matters.besides(shop, "", page_reply.text, ticket.kind)),
        confirmed=Remark.BY_RECEIPT not in page_reply.remarks,
    )
    id = derived.message_id(deps.secret, ticket.ref, source)
    if not limiting.may_say(
        deps, shop, ticket, page_reply.source, id, by_receipt=Remark.BY_RECEIPT in page_reply.remarks
    ):
        raise RateLimited("replies")
    filed = file_away(deps, ticket.ref, inbound, page_reply.incoming_files)
    promising = agreements.when_adding(deps, shop, ticket, inbound.remarks)

    def decide(current: Ticket) -> Change:
        if current.requester == NOBODY or current.link_version != ticket.link_version:
            raise InvalidLink(expired=True)  # the customer was erased, perhaps just now, or the links were withdrawn
        return spacing.spaced(deps, current, customer_adds(current, id, filed, deps.context(promising)))

    try:
        change_ticket(deps, ticket, decide)
    except MessageExists:
        return id  # posted twice
    except Merged as moved:
        return add(deps, shop, merged.resolve_merged(deps, moved.ticket), page_reply, source_on)
    return id


def download(deps: Deps, token: str) -> str:
    """The download link of the attachment that a file link names, valid for a short time. Raises InvalidLink,
    UnknownFile."""
    file = links.open_file(deps, token)
    return deps.files.link(file.key, file.filename, file.content_type, _FILE_LINK_SECONDS)


def _withdraw_url(deps: Deps, shop: Shop, ticket: Ticket) -> str:
    about_an_order = ticket.kind != WITHDRAWAL and ticket.order_number and not doubted(ticket)
    return links.withdrawal_url(deps, ticket) if about_an_order and shop.offers(WITHDRAWAL) else ""


def _promise(shop: Shop, clock: Clock, now: datetime) -> dict[str, Any]:
    return {
        "label_key": clock.name,
        "due": due_date(clock),
        "met": clock.met_at,
        "late": broken(clock, now, shop.hours.zone),
        "waits": clock.paused_at is not None and clock.met_at is None,
    }


def _bodies_named(shop: Shop, ticket: Ticket) -> tuple[ConsumerBody, ...]:
    """The consumer bodies that the final answer named, once it was sent, and that are still in the policy."""
    answer = ticket.final_answer
    named = answer.named if answer and answer.told_at else ()
    return tuple({body.name: body for body in shop.bodies if body.name in named}.values())


def _just_taken(message: Message, id: str, now: datetime) -> bool:
    return message.id == id and message.channel is Surface.PAGE and now - message.at <= _JUST_NOW


def _same(message: Message, ticket: Ticket) -> bool:
    """Whether the customer wrote it, not another participant."""
    theirs = (ticket.requester.address, *ticket.customers)
    return canonical(message.person.address) in map(canonical, theirs)


def _entries(deps: Deps, shop: Shop, ticket: Ticket, shown: Sequence[Message]) -> list[dict[str, Any]]:
    """The contributions; the newest are complete. A customer who writes more than a page can hold must not make the
    page impossible to open."""
    fitted = pages.fitting(reversed(shown), partial(shown_text, deps), _MAX_TOGETHER)
    return [_entry(deps, shop, ticket, message, text) | {"cut": cut} for message, text, cut in fitted][::-1]


def _entry(deps: Deps, shop: Shop, ticket: Ticket, message: Message, text: str) -> dict[str, Any]:
    """One contribution. Customers see only an agent's first name."""
    by_shop = message.author in (Author.AGENT, Author.SYSTEM)
    agent = shop.agent(message.person.address) if message.author is Author.AGENT else None
    return {
        "who": "shop" if by_shop else "you" if _same(message, ticket) else "other",
        "name": agent.name.split()[0] if agent else shop.name if by_shop else message.person.name,
        "at": message.at,
        "event": "" if message.event in (Event.WORDS, Event.CHAT) else message.event.value,
        "text": text,
        "html": None,
        "by_receipt": Remark.BY_RECEIPT in message.remarks,
        "attachments": [
            {"name": file.filename, "size": file.size, "url": links.file_url(deps, ticket, message, file)}
            for file in message.files
        ],
    }
