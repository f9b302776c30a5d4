"""Every mail becomes a ticket or a part of one, exactly once, and its raw bytes are kept.

Three steps: gather the facts about it, decide what happens to it, and carry that out. Every raw mail ends in exactly
one recorded outcome.
"""

from dataclasses import replace
from datetime import timedelta

from chalicelib.errors import UnknownFile
from chalicelib.rules.intake.mail_deciding import decide
from chalicelib.rules.intake.mail_decisions import Course, Notified
from chalicelib.rules.policy.model import Shop
from chalicelib.services.delivery import bouncing
from chalicelib.services.intake import arrivals, gathering, mail_acting, service_replies
from chalicelib.services.intake.arrivals import LAST_ATTEMPT, Outcome, RawMail
from chalicelib.services.intake.gathering import Gathered
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.mails import MailReceived
from chalicelib.telemetry import logger

__all__ = ["Outcome", "receive"]

# With one of these, the mail stands in a ticket, which keeps a copy of it.
_COPIED = (Outcome.OPENED, Outcome.APPENDED, Outcome.AUTOMATIC, Outcome.QUARANTINED)
# Longer than the bucket keeps a raw mail and its versions.
_RAW_LIFE = timedelta(days=90)


def receive(deps: Deps, notice: MailReceived) -> Outcome:
    """Read the raw mail; open or continue a ticket in each shop it was sent to."""
    try:
        raw = deps.files.raw_mail(notice.key)
    except UnknownFile:
        if max(notice.attempt, notice.received) < LAST_ATTEMPT:
            raise
        logger.warning("a raw mail is not there, as when it was deleted with its ticket")
        return Outcome.GONE
    mail = _read(deps, notice, raw)
    outcome, ref, copied = Outcome.MISDIRECTED, None, list[bool]()
    for shop in _shops(deps, mail.recipients):
        outcome, ref = _receive_or_keep(deps, shop, mail)
        copied.append(outcome in _COPIED)
        if ref and outcome in (Outcome.BOUNCE, Outcome.DUPLICATE):
            # No message of the ticket points to this raw mail, so it is linked, to be deleted with the ticket.
            deps.purges.link_raw_mail(ref, notice.key, deps.now() + _RAW_LIFE)
    deps.mail_log.note_outcome(notice.key, outcome, ref, deps.now())
    deps.files.settle_raw_mail(notice.key, copied=bool(copied) and all(copied))
    logger.info("a raw mail was received", extra={"outcome": outcome, "ref": ref})
    return outcome


def _read(deps: Deps, notice: MailReceived, raw: bytes) -> RawMail:
    """The parsed mail. At the last attempt it is not parsed, because parsing may be what kills every run: its first
    lines give the sender, and the rest is in the original."""
    counted = _counted(deps, notice)
    if counted.attempt < LAST_ATTEMPT:
        return arrivals.read(counted, raw)
    logger.warning("a mail was tried again and again and is kept unread", extra={"attempt": counted.attempt})
    return arrivals.unread(counted, raw)


def _counted(deps: Deps, notice: MailReceived) -> MailReceived:
    """The notice with the number of this attempt. We count attempts ourselves: a killed run (time, memory) leaves no
    exception, and the queue also counts deliveries to functions that could not run. The first is not counted, so that a
    mail that arrives once costs nothing (decision 113)."""
    if notice.received == 1:
        return notice
    return replace(notice, attempt=deps.mail_log.note_attempt(notice.key, deps.now()) + 1)


def _receive_or_keep(deps: Deps, shop: Shop, mail: RawMail) -> tuple[Outcome, str | None]:
    try:
        return _receive_for(deps, shop, gathering.gather(deps, shop, mail))
    except Exception:
        if mail.notice.attempt < LAST_ATTEMPT:
            raise
        logger.exception("a mail could not be dealt with and is kept as it came")
        return _receive_for(deps, shop, gathering.gather(deps, shop, arrivals.bare(mail), threads=False))


def _receive_for(deps: Deps, shop: Shop, gathered: Gathered) -> tuple[Outcome, str | None]:
    decision, thread = decide(gathering.facts(deps, shop, gathered)), gathered.thread
    match decision.course:
        case Course.NOTE if gathered.reported:
            bouncing.note_reported(deps, gathered.reported)
            return Outcome.BOUNCE, gathered.reported.ticket.ref
        case Course.RECORD:
            if decision.notified is Notified.WRITER and gathered.agent:
                service_replies.tell(deps, shop, gathered.agent, gathered.mail)
            return Outcome.NO_TICKETS, None
        case Course.OPEN | Course.OPEN_ANSWERED:
            return mail_acting.open_by(deps, shop, gathered, decision)
    if thread is None:
        raise ValueError(f"{decision.course} without a ticket")
    return mail_acting.join(deps, shop, gathered), thread.ticket.ref


def _shops(deps: Deps, recipients: tuple[str, ...]) -> list[Shop]:
    """The shops that own a recipient address, with or without a plus-part. The mail service accepts mail for whole
    domains; mail to other addresses there belongs to no shop."""
    found = (shop for address in recipients if (shop := deps.policy.shop_of(address)))
    return list({shop.id: shop for shop in found}.values())
