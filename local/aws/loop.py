"""Loop mode: a mail sent to one of the shop's own addresses comes in again by SMTP, as it does if the domain's MX
record points to us or the company's server forwards to us. Such mail must not open tickets, be answered or loop."""

import smtplib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from local import console, ports
from local.aws.ses_gate import Keep

_AT_ONCE = 4


def back_in(keep: Keep, ours: Callable[[str], bool], smtp_port: int) -> Keep:
    """A `keep` for the gate that also sends mail for addresses of `ours` in by SMTP again, after SES has answered."""
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="loop")

    def kept(raw: bytes, sender: str, recipients: list[str]) -> object:
        entry = keep(raw, sender, recipients)
        for_us = [address for address in recipients if ours(address)]
        if for_us:
            pool.submit(_put_in, smtp_port, raw, sender, for_us)
        return entry

    return kept


def _put_in(smtp_port: int, raw: bytes, sender: str, recipients: list[str]) -> None:
    try:
        with smtplib.SMTP(ports.HOST, smtp_port, timeout=60) as client:
            client.sendmail(sender, recipients, raw)
    except (OSError, smtplib.SMTPException) as error:
        console.event("loop", f"ERROR a mail of ours could not come back in: {type(error).__name__}")
