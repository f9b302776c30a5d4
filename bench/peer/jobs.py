"""What django-helpdesk does for the bench. Each job's name and arguments are a command of the worker. Only the work
itself is measured, without what prepares it: `seconds` of the processor, and how many `mails` it sent."""

import gc
import json
import logging
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core import mail as django_mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from helpdesk.email import extract_email_metadata
from helpdesk.models import Queue, Ticket

from bench.peer.site import request

Answer = dict[str, Any]
# Django compares the cookie's with the form's.
TOKEN = "0123456789abcdef" * 2
_ROWS = re.compile(r'"url": "([^"]*datatables_ticket_list[^"]*)"')


def shop(name: str, support: str, agent: str, owner: str) -> Answer:
    """The queue of a shop. The agent is mailed each new ticket; the owner is signed in, by the `cookie`."""
    Queue.objects.create(
        title=name,
        slug=name.lower(),
        email_address=support,
        new_ticket_cc=agent,
        allow_public_submission=True,
        allow_email_submission=True,
        escalate_days=2,
    )
    browser = Client()
    browser.force_login(get_user_model().objects.create_superuser("owner", owner))
    return {"cookie": f"sessionid={browser.cookies['sessionid'].value}"}


def waiting(sender: str, subjects: list[str], words: str) -> Answer:
    """Open tickets, which nobody was mailed about."""
    for subject in subjects:
        _ticket(sender, subject, words)
    return {}


def inbox(cookie: str, rows: int) -> Answer:
    """The owner goes through the list of tickets, so many `rows` at a time; `shown` are the subjects."""
    shown, total = list[str](), rows
    seconds, page = _apart(request("GET", "/tickets/", {}, cookie))
    source = _ROWS.search(page)
    assert source
    while len(shown) < total:
        query = {"draw": "1", "start": str(len(shown)), "length": str(rows)}
        took, page = _apart(request("GET", source[1], query, cookie))
        seconds += took
        part = json.loads(page)
        total = part["recordsTotal"]
        shown.extend(row["title"] for row in part["data"])
    return {"seconds": seconds, "shown": shown}


def form(sender: str, subject: str, words: str) -> Answer:
    """A ticket by the public form."""
    fields = {"queue": str(Queue.objects.get().pk), "title": subject, "body": words, "priority": "3"}
    fields |= {"submitter_email": sender, "csrfmiddlewaretoken": TOKEN}
    return _measured(request("POST", "/tickets/submit/", fields, f"csrftoken={TOKEN}", answer="302 Found"))


def mail(raw: str) -> Answer:
    """A ticket by mail, from the point where it was fetched from the mailbox."""
    queue, logger = Queue.objects.get(), logging.getLogger("helpdesk")
    return _measured(lambda: extract_email_metadata(raw, queue, logger))


def escalation(sender: str, subject: str, words: str) -> Answer:
    """The owner has this ticket for five days. No other ticket is due."""
    ticket = _ticket(sender, subject, words)
    # A new ticket is always created now.
    opened = timezone.now() - timedelta(days=5)
    Ticket.objects.filter(pk=ticket.pk).update(assigned_to=get_user_model().objects.get(), created=opened)
    return _measured(lambda: call_command("escalate_tickets"))


JOBS: dict[str, Callable[..., Answer]] = {
    each.__name__: each for each in (shop, waiting, inbox, form, mail, escalation)
}


def _ticket(sender: str, subject: str, words: str) -> Any:
    return Ticket.objects.create(
        title=subject, queue=Queue.objects.get(), submitter_email=sender, description=words, priority=3
    )


def _measured(work: Callable[[], Any]) -> Answer:
    django_mail.outbox = []
    seconds, _ = _apart(work)
    return {"seconds": seconds, "mails": len(django_mail.outbox)}


def _apart(work: Callable[[], Any]) -> tuple[float, Any]:
    """The seconds of the processor that this takes, and its result. No garbage is collected meanwhile, as on our
    side."""
    gc.disable()
    begun = time.process_time()
    result = work()
    seconds = time.process_time() - begun
    gc.enable()
    return seconds, result
