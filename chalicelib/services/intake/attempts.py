"""How often we have tried a mail, by our own count: a run that is killed (time, memory) leaves no exception, and the
queue counts what it handed out, also to functions that could not run.

What a mail costs does not change by it: only from its second coming on is it counted, before it is read (decision 113).
"""

from dataclasses import replace

from chalicelib.services.intake import arrivals
from chalicelib.services.intake.arrivals import LAST_ATTEMPT, RawMail
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.mails import MailReceived
from chalicelib.telemetry import logger


def read(deps: Deps, notice: MailReceived, raw: bytes) -> RawMail:
    """The mail as read. At the last attempt it is not read any more, as that may be what ends every run: its first
    lines say whose it is, and the rest is in the original."""
    counted = _counted(deps, notice)
    if counted.attempt < LAST_ATTEMPT:
        return arrivals.read(counted, raw)
    logger.warning("a mail was tried again and again and is kept unread", extra={"attempt": counted.attempt})
    return arrivals.unread(counted, raw)


def _counted(deps: Deps, notice: MailReceived) -> MailReceived:
    """With which attempt this is: the first one was not counted."""
    if notice.received == 1:
        return notice
    return replace(notice, attempt=deps.mail_log.note_attempt(notice.key, deps.now()) + 1)
