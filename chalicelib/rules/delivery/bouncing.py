"""The consequences when a mail of ours did not arrive, or when its recipient complained about it (RFC 3464, RFC 5965)
(decisions 24 and 25)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.rules.delivery.sending import OutboxItem, with_outbox
from chalicelib.rules.intake.opening import notifications
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets import outbox as boxes
from chalicelib.rules.tickets.log import Action, Detail, DetailCode, details_of
from chalicelib.rules.tickets.outbox import Audience, Delivery, DeliveryStatus, Purpose
from chalicelib.rules.tickets.ticket import AFTERCARE, Change, LogEntry


class DeliveryEvent(StrEnum):
    """What happened to a mail after the mail service accepted it."""

    BOUNCED = "bounced"  # there is no such mailbox, or it never accepts our mail
    FAILED = "failed"  # given up, although the next mail may arrive: a full mailbox, a server out of order
    DELAYED = "delayed"  # may still arrive
    COMPLAINED = "complained"
    SUPPRESSED = "suppressed"  # never sent: the address is on the mail service's own suppression list


STATUSES = {
    DeliveryEvent.BOUNCED: DeliveryStatus.BOUNCED,
    DeliveryEvent.FAILED: DeliveryStatus.FAILED,
    DeliveryEvent.COMPLAINED: DeliveryStatus.COMPLAINED,
    DeliveryEvent.SUPPRESSED: DeliveryStatus.SUPPRESSED,
}


_LOGGED = {
    DeliveryEvent.BOUNCED: Action.MAIL_BOUNCED,
    DeliveryEvent.FAILED: Action.MAIL_FAILED,
    DeliveryEvent.DELAYED: Action.MAIL_DELAYED,
    DeliveryEvent.COMPLAINED: Action.MAIL_COMPLAINED,
    DeliveryEvent.SUPPRESSED: Action.MAIL_SUPPRESSED,
}


@dataclass(frozen=True, slots=True)
class Report:
    """A bounce or complaint. `status`: an RFC 3463 code such as "5.1.1"; `reason`: the remote server's words."""

    delivery_event: DeliveryEvent
    recipients: tuple[str, ...]
    status: str | None = None
    reason: str = ""

    @property
    def said(self) -> str:
        return " ".join(part for part in (self.status, self.reason) if part)[:300]


def note(item: OutboxItem, ses_id: str, report: Report, shop: Shop, now: datetime) -> Change | None:
    """The item with the new status of its mail. Agents are notified, once, when the mail will not arrive and was not to
    an agent. None if it is not this item's mail, or was recorded before."""
    box = item.outbox
    mail = next((d for d in box.deliveries if d.ses_id == ses_id), None) if box else None
    if box is None or mail is None or mail.status is not DeliveryStatus.SENT:
        return None
    status = details_of(DetailCode.STATUS, report.status) if report.status else ()
    details = (Detail(DetailCode.PURPOSE, mail.purpose), *status)
    # The remote server's words may name anybody, so they are stored with the mail and not in the log.
    entry = LogEntry(now, AFTERCARE, _LOGGED[report.delivery_event], details)
    if report.delivery_event is DeliveryEvent.DELAYED:
        return replace(with_outbox(item, box), log=(entry,))
    settled = replace(mail, status=STATUSES[report.delivery_event], error=report.said)
    noted = box.instead({mail: settled})
    if mail.purpose.audience is not Audience.AGENTS:
        noted = boxes.add(noted, notifications(shop, Purpose.UNDELIVERED), now)
    return replace(with_outbox(item, noted), log=(entry,))


def undelivered(box: boxes.Outbox | None) -> Delivery | None:
    """The latest mail to the customer or a third party that did not arrive or was not accepted."""
    undelivered_mail = (*STATUSES.values(), DeliveryStatus.REFUSED)
    mails = reversed(box.deliveries) if box else ()
    return next((d for d in mails if d.status in undelivered_mail and d.purpose.audience is not Audience.AGENTS), None)
