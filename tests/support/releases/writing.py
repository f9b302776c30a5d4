"""Writes a release's fixture: the same actions at the same times, so that writing it twice gives the same bytes."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib.rules.identity import keys
from chalicelib.rules.identity.derived import Role
from chalicelib.services.tickets import links
from tests.support import shops
from tests.support.releases import kept, ticket_lives
from tests.support.releases.members import kinds_of_items, members, stored_fields
from tests.support.releases.stage import Stage, staged
from tests.support.store.fakes import secret_of

BEGINS = datetime(2026, 10, 14, 9, 30, tzinfo=UTC)
_SECRET = secret_of("the-secret-of-the-releases-fixtures-and-of-nothing-else")
_AUDIT = secret_of("the-secret-of-the-audit-events-of-these-fixtures-alone")


def write(folder: Path) -> None:
    with staged(shops.policy(), _SECRET, _AUDIT, BEGINS) as stage:
        named = ticket_lives.lived(stage)
        policy = shops.FILE.read_text(encoding="utf-8")
        kept.write(folder, stage.places, policy, _meta(stage, named), stage.clock())


def _meta(stage: Stage, named: dict[str, str]) -> dict[str, Any]:
    """The time of writing, the secrets, the tickets' references by name, and the mails in people's mailboxes."""
    upheld, by_mail = stage.ticket(named["upheld"]), stage.ticket(named["by_mail"])
    return {
        "present": stage.clock().isoformat(),
        "secret": keys.written(stage.deps.secret),
        "audit_secret": keys.written(stage.deps.audit()),
        "members": members(),
        "kinds_of_items": kinds_of_items(),
        "fields": stored_fields(),
        "tickets": named,
        "pages": {what: stage.link(named[what]) for what in ("upheld", "waiting", "joined", "successor", "by_mail")},
        "withdrawn": named["withdrawn_page"],
        "receipt": links.receipt_url(stage.deps, upheld).rpartition("/")[2],
        "file": links.file_url(stage.deps, upheld, upheld.opening, upheld.opening.files[0]).rpartition("/")[2],
        "replies": {
            "customer": stage.token(by_mail.ref, Role.CUSTOMER),
            "agent": stage.token(by_mail.ref, Role.AGENT),
            "third_party": stage.token(named["referred"], Role.THIRD_PARTY, 1),
        },
    }
