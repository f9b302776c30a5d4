"""The items that belong to no ticket and no mail: the key and form of each (the others: ticket_items, mail_items).

| item | pk | sk | indexes |
|---|---|---|---|
| counter | COUNT#<subject>#<key> | COUNT | none |
| counted | COUNTED#<key> | COUNTED | none |
| word | WORD#<shop>#<blinded word> | <opened_at>#<ref> | none |
| sign-in link | SIGNIN#<digest of its token> | SIGNIN | none |
| session | SESSION#<digest of its id> | SESSION | none |
| agent | AGENT#<address> | AGENT | none |
| due-work run | RUN | DUE_WORK | none |
| single sign-on attempt | SIGNIN#oidc#<id> | SIGNIN | none |
| export | EXPORT#<id> | EXPORT | none |
| certificate | PURGE#<yyyy-mm> | <id> | none |
| audit event | AUDIT#<yyyy-mm> | <moment>#<id> | none |
| call's place | CALLS#<shop> | SLOT#<half hour>#<n>, DUE#<moment>#<ref>, NUMBER#<blinded>#<n> | none |
| latest audit event | AUDIT#LATEST | LATEST | none |
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.aws.table.codec import Attributes, attributes, encode, instant
from chalicelib.aws.table.item_keys import expiry_at, key_of
from chalicelib.rules.access.sessions import LIFE, Session, SignIn
from chalicelib.rules.intake.limits import Bound
from chalicelib.rules.privacy.audit_events import AuditEvent, ChainPlace
from chalicelib.rules.tickets.ticket import Hold
from chalicelib.services.ports.exports import Export
from chalicelib.services.ports.search import SearchHit
from chalicelib.services.ports.work import RunMark

# Longer than the bucket's lifecycle keeps the file.
EXPORT_LIFE = timedelta(days=5)


def place_key(shop: str, id: str) -> Attributes:
    """A place that one ticket holds while its call is open."""
    return key_of(f"CALLS#{shop}", id)


def place_item(shop: str, hold: Hold, ref: str) -> Attributes:
    return place_key(shop, hold.id) | {"ref": encode(ref), "expires_at": expiry_at(hold.until)}


def free_place_item(shop: str, id: str, until: datetime) -> Attributes:
    """A place that was given back: it is nobody's. DynamoDB never deletes what expired five years ago or earlier."""
    return place_key(shop, id) | {"expires_at": expiry_at(until)}


def run_key() -> Attributes:
    """The item in which the latest due-work run records its progress."""
    return key_of("RUN", "DUE_WORK")


def run_item(mark: RunMark) -> Attributes:
    return attributes(mark) | run_key()


def word_list(shop: str, word: str) -> str:
    """The partition of a (blinded) word."""
    return f"WORD#{shop}#{word}"


def word_key(shop: str, word: str, mention: SearchHit) -> Attributes:
    """An index entry: it has no attributes other than its key."""
    return key_of(word_list(shop, word), f"{instant(mention.opened_at)}#{mention.ref}")


def counter_key(subject: str, key: str) -> Attributes:
    """The item for all windows of what is counted."""
    return key_of(f"COUNT#{subject}#{key}", "COUNT")


def counted_key(key: str) -> Attributes:
    return key_of(f"COUNTED#{key}", "COUNTED")


def counted_item(key: str, until: datetime, used_up: Iterable[Bound]) -> Attributes:
    budgets = {"used_up": encode(tuple(sorted(used_up)))} if used_up else {}
    return counted_key(key) | {"expires_at": expiry_at(until)} | budgets


def used_up(counted: Attributes) -> frozenset[Bound]:
    """The budgets that were used up when this was counted."""
    return frozenset(Bound(each["S"]) for each in counted.get("used_up", {}).get("L", ()))


def sign_in_key(id: str) -> Attributes:
    return key_of(f"SIGNIN#{id}", "SIGNIN")


def attempt_item(id: str, ends_at: datetime) -> Attributes:
    return sign_in_key(f"oidc#{id}") | {"used_at": encode(ends_at), "expires_at": expiry_at(ends_at)}


def sign_in_item(sign_in: SignIn) -> Attributes:
    return attributes(sign_in) | sign_in_key(sign_in.id) | {"expires_at": expiry_at(sign_in.ends_at)}


def session_key(id: str) -> Attributes:
    return key_of(f"SESSION#{id}", "SESSION")


def session_item(session: Session) -> Attributes:
    return attributes(session) | session_key(session.id) | {"expires_at": expiry_at(session.ends_at)}


def agent_key(address: str) -> Attributes:
    return key_of(f"AGENT#{address}", "AGENT")


def agent_item(address: str, signed_out_at: datetime) -> Attributes:
    """It expires when the last session it could concern has ended, with a margin because clocks differ."""
    expiry = expiry_at(signed_out_at + 2 * LIFE)
    return agent_key(address) | {"signed_out_at": encode(signed_out_at), "expires_at": expiry}


def export_key(id: str) -> Attributes:
    return key_of(f"EXPORT#{id}", "EXPORT")


def export_item(export: Export) -> Attributes:
    expiry = expiry_at(export.begun_at + EXPORT_LIFE)
    return attributes(export) | export_key(export.id) | {"expires_at": expiry}


def audit_event_item(audit_event: AuditEvent) -> Attributes:
    """No expiry: the audit trail outlives the data it is about."""
    key = key_of(f"AUDIT#{audit_event.at:%Y-%m}", f"{instant(audit_event.at)}#{audit_event.id}")
    return attributes(audit_event) | key


def latest_audit_event_key() -> Attributes:
    """The item with the place of the latest audit event."""
    return key_of("AUDIT#LATEST", "LATEST")


def latest_audit_event_item(place: ChainPlace) -> Attributes:
    return attributes(place) | latest_audit_event_key()
