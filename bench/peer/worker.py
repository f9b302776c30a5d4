"""What django-helpdesk takes for the same work; runs in an environment of its own, which has nothing of ours.

It reads one command per line ("form", "mail", "list", "escalate") and answers each with the processor time that it
took, in milliseconds. "fill 100" makes so many tickets more, which are not timed. Its database is SQLite in memory, so
it waits for no disk and no network, as the measured functions of ours wait for none.
"""

# Django is not in our environment.
# mypy: ignore-errors

import logging
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import django
from django.conf import settings

TEXT = "The glass shade is cracked.\nPlease send another.\n\nKind regards\nMira Holm"

settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
        "django.contrib.sites", "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.humanize",
        "rest_framework", "helpdesk",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
            },
        },
    ],
    ROOT_URLCONF=__name__,
    SITE_ID=1,
    USE_TZ=True,
    TIME_ZONE="UTC",
    STATIC_URL="/static/",
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    HELPDESK_TEAMS_MODE_ENABLED=False,
    HELPDESK_KANBAN_ENABLED=False,
)  # fmt: skip
django.setup()

# Django's applications can be imported only from here on.
from django.contrib.auth.models import User  # noqa: E402
from django.core import mail  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils import timezone  # noqa: E402
from helpdesk.email import extract_email_metadata  # noqa: E402
from helpdesk.models import Queue, Ticket  # noqa: E402

urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
_ORDER = "draw=1&start=0&length=25&order[0][column]=0&order[0][dir]=asc&search[value]="


class Peer:
    """A helpdesk with one queue, whose tickets are escalated after a day, and one agent."""

    def __init__(self) -> None:
        logging.disable()
        call_command("migrate", verbosity=0)
        self.queue = Queue.objects.create(
            title="Care", slug="care", email_address="care@northlight.example", new_ticket_cc="ada@northlight.example",
            allow_public_submission=True, allow_email_submission=True, escalate_days=1,
        )  # fmt: skip
        agent = User.objects.create_superuser("ada", "ada@northlight.example", "x")
        self.customer, self.agent = (Client(headers={"host": "localhost"}) for _ in "ca")
        self.agent.force_login(agent)
        self.number = 0

    def form(self) -> Callable[[], object]:
        """A customer posts the form; customer and agent are mailed."""
        fields = {
            "queue": self.queue.pk,
            "title": "Lamp",
            "body": TEXT,
            "priority": "3",
            "submitter_email": self._next(),
        }

        def post() -> None:
            assert self.customer.post("/tickets/submit/", fields).status_code == 302

        return post

    def mail(self) -> Callable[[], object]:
        """A customer's mail opens a ticket; customer and agent are mailed."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._next(), "care@northlight.example", "Lamp"
        message["Message-ID"] = f"<{self.number}@mail.example>"
        message.set_content(TEXT)
        raw = message.as_string()
        return lambda: extract_email_metadata(raw, self.queue, logging.getLogger("helpdesk"))

    def list(self) -> Callable[[], object]:
        """An agent opens the list of open tickets: the page, and its first 25 rows, which it asks for."""

        def look() -> None:
            page = self.agent.get("/tickets/?status=1&sort=created").content.decode()
            rows = page.partition("/datatables_ticket_list/")[2].partition('"')[0]
            assert len(self.agent.get(f"/datatables_ticket_list/{rows}?{_ORDER}").json()["data"]) == 25

        return look

    def escalate(self) -> Callable[[], object]:
        """Every ticket is overdue, and is escalated by one run."""
        past = timezone.now() - timedelta(days=9)
        Ticket.objects.update(created=past, modified=past, last_escalation=None, priority=3)
        return lambda: call_command("escalate_tickets")

    def fill(self, count: int) -> None:
        for _ in range(count):
            self._next()
            Ticket.objects.create(
                queue=self.queue, title="Lamp", submitter_email=f"mira{self.number}@example.com", priority=3
            )

    def _next(self) -> str:
        self.number += 1
        mail.outbox = []
        return f"mira{self.number}@example.com"


def main() -> None:
    peer = Peer()
    for line in sys.stdin:
        name, _, number = line.strip().partition(" ")
        if name == "fill":
            peer.fill(int(number))
            print(0, flush=True)
            continue
        work = getattr(peer, name)()
        began = time.process_time()
        work()
        print(1000 * (time.process_time() - began), flush=True)


if __name__ == "__main__":
    main()
