"""SES's identity of each mail domain, and the DNS records that it needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from deploy.cloud import account, clients, dns

# SES's default host of DKIM keys; newer regions name their own.
_DKIM_ZONE = "dkim.amazonses.com"
_SPF = "v=spf1 include:amazonses.com ~all"
_DMARC = "v=DMARC1; p=none;"


@dataclass(frozen=True, slots=True)
class Record:
    """A DNS record that the owner of the domain has to make."""

    name: str
    kind: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Identity:
    """A mail domain as SES sees it. `verified`: SES sends for it and receives for it."""

    domain: str
    verified: bool
    tokens: tuple[str, ...]
    zone: str
    done: tuple[str, ...]


def provide(sesv2: Any, domain: str) -> Identity:
    """The identity, made or put right; `done` says in words what was changed. A second call changes nothing."""
    done = []
    found = _find(sesv2, domain)
    if found is None:
        sesv2.create_email_identity(
            EmailIdentity=domain, DkimSigningAttributes={"NextSigningKeyLength": "RSA_2048_BIT"}
        )
        done.append("made the identity with DKIM")
        found = sesv2.get_email_identity(EmailIdentity=domain)
    if found.get("MailFromAttributes", {}).get("MailFromDomain") != mail_from(domain):
        sesv2.put_email_identity_mail_from_attributes(
            EmailIdentity=domain, MailFromDomain=mail_from(domain), BehaviorOnMxFailure="USE_DEFAULT_VALUE"
        )
        done.append(f"mail leaves from {mail_from(domain)}")
    # Bounces come as events; as mails they would come to the shop's own address.
    if found.get("FeedbackForwardingStatus", True):
        sesv2.put_email_identity_feedback_attributes(EmailIdentity=domain, EmailForwardingEnabled=False)
        done.append("bounces are not mailed back")
    dkim = found.get("DkimAttributes", {})
    tokens, zone = tuple(dkim.get("Tokens", [])), dkim.get("SigningHostedZone") or _DKIM_ZONE
    return Identity(domain, bool(found.get("VerifiedForSendingStatus")), tokens, zone, tuple(done))


def mail_from(domain: str) -> str:
    """The domain of the return path; it must be below the identity's and used for nothing else."""
    return f"bounce.{domain}"


def _find(sesv2: Any, domain: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = sesv2.get_email_identity(EmailIdentity=domain)
    except ClientError as error:
        if clients.code(error) != "NotFoundException":
            raise
        return None
    return found


def records(identity: Identity, region: str) -> list[Record]:
    """Every record that the domain needs."""
    domain, back = identity.domain, mail_from(identity.domain)
    dkim = [
        Record(f"{token}._domainkey.{domain}", "CNAME", f"{token}.{identity.zone}", "DKIM: proves that mail is ours")
        for token in identity.tokens
    ]
    return [
        Record(domain, "MX", f"10 {account.inbound(region)}", "mail to the shop comes to SES"),
        *dkim,
        Record(back, "MX", f"10 feedback-smtp.{region}.amazonses.com", "bounces go to SES"),
        Record(back, "TXT", _SPF, "SPF: SES may send"),
        Record(f"_dmarc.{domain}", "TXT", _DMARC, "DMARC: later with p=quarantine"),
    ]


def problem(record: Record, resolve: dns.Resolve) -> str:
    """What is wrong with the record in DNS; empty if nothing is. Raises dns.Silent."""
    found = resolve(record.name, record.kind)
    if record.kind == "TXT":
        found = [text for text in found if _beginning(text) == _beginning(record.value)]
        if len(found) > 1:
            return f"there are {len(found)} such texts; only one counts"
        fits = bool(found) and (record.value != _SPF or "include:amazonses.com" in found[0])
    else:
        fits = any(_host(value) == _host(record.value) for value in found)
        if fits and len(found) > 1:
            return f"there are others beside it: {', '.join(sorted(found))}"
    return "" if fits else f"there is {', '.join(sorted(found))}" if found else "missing"


def _beginning(text: str) -> str:
    return text.partition(" ")[0].partition(";")[0].lower()


def _host(value: str) -> str:
    """The host without an MX's preference, which the owner may choose."""
    return value.split()[-1].rstrip(".").lower()


def table(listed: list[Record]) -> Iterator[str]:
    """The records as lines for whoever types them in."""
    widths = [max(len(getattr(each, field)) for each in listed) for field in ("name", "kind", "value")]
    for each in listed:
        yield f"  {each.name:<{widths[0]}}  {each.kind:<{widths[1]}}  {each.value:<{widths[2]}}  {each.why}"
