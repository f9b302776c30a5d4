"""Counts how often we have tried a mail. We count it ourselves: a killed run (time, memory) leaves no exception, and
the queue also counts deliveries to functions that could not run.

This costs nothing for a mail that arrives once: counting starts with the second delivery, before the mail is read
(decision 113).
"""

from dataclasses import replace

from chalicelib.services.intake import arrivals
from chalicelib.services.intake.arrivals import LAST_ATTEMPT, RawMail
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.mails import MailReceived
from chalicelib.telemetry import logger


def read(deps: Deps, notice: MailReceived, raw: bytes) -> RawMail:
    """The parsed mail. At the last attempt it is not parsed, because parsing may be what kills every run: its first
    lines give the sender, and the rest is in the original."""
    counted = _counted(deps, notice)
    if counted.attempt < LAST_ATTEMPT:
        return arrivals.read(counted, raw)
    logger.warning("a mail was tried again and again and is kept unread", extra={"attempt": counted.attempt})
    return arrivals.unread(counted, raw)


def _counted(deps: Deps, notice: MailReceived) -> MailReceived:
    """The notice with the number of this attempt. The first attempt was not counted."""
    if notice.received == 1:
        return notice
    return replace(notice, attempt=deps.mail_log.note_attempt(notice.key, deps.now()) + 1)
