"""`health` and `redrive`: checks everything Aftercare depends on and says how to repair it; puts dead letters back."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NotRequired, TypedDict

from chalicelib.rules.documents import reviewing
from chalicelib.rules.tickets.outbox import DeliveryStatus
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services import console_events
from chalicelib.services.actions.due_work import overdue
from chalicelib.services.operations import figures, mail_checks, source_checks
from chalicelib.services.operations.checking import Check, Found, checked
from chalicelib.services.ports.deps import Deps
from chalicelib.services.privacy import purging, retention
from chalicelib.services.tickets.undeliverable import SHORTENED

_MAX_DEAD = 1000
_MAX_OVERDUE = 100
_MAX_UNDELIVERED = 50
_DAYS = timedelta(days=2)
_PROBE = "exports/health.txt"
# How long dead letters are kept, and before that the stream tried for half a day: a day more.
_STREAM_LIFE = timedelta(days=15)
_IN_THE_STREAM = "These say only where in the table's stream something stood, and can not be put back. "


class Health(TypedDict):
    healthy: bool
    checks: list[Check]


class Redriven(TypedDict):
    """For one queue: how many dead letters were put back, and how many messages and dead letters it has now."""

    put_back: int
    waiting: int
    dead: int
    note: NotRequired[str]


class AllRedriven(TypedDict):
    """`put_back` for each queue, and further counts of each."""

    put_back: dict[str, int]
    queues: dict[str, Redriven]


def health(deps: Deps, event: Any) -> Health:
    """Run all checks, and publish the figures for the alarms. Raises InvalidEvent if the event is not {}."""
    console_events.fields(event)
    checks = [checked(name, check, deps) for name, check in _CHECKS.items()]
    figures.tell(deps, sum(not check["well"] for check in checks))
    return {"healthy": all(check["well"] for check in checks), "checks": checks}


def redrive(deps: Deps, event: Any) -> AllRedriven:
    """Put the dead letters of `queue` back on it; without `queue`, those of every queue. Raises InvalidEvent."""
    fields = console_events.fields(event, "queue")
    asked = console_events.choice(fields, "queue", ("all", *deps.queues), default="all")
    queues = {name: _redriven(deps, name) for name in deps.queues if asked in (name, "all")}
    return {"put_back": {name: one["put_back"] for name, one in queues.items()}, "queues": queues}


def _redriven(deps: Deps, name: str) -> Redriven:
    queue, note = deps.queues[name], _note(deps, name)
    put_back = 0 if note else queue.redrive(_MAX_DEAD)
    depths = queue.depths()
    answer = Redriven(put_back=put_back, waiting=depths.waiting, dead=depths.dead)
    if note and depths.dead:
        answer["note"] = note
    return answer


def _note(deps: Deps, name: str) -> str | None:
    """What to do about dead letters that can't be put back; None for those of a queue."""
    until = deps.now().date()
    since = until - _STREAM_LIFE
    match name:
        case "send_mail":
            note = f"{_IN_THE_STREAM}Mails that were still owed are on the due-work index: escalate_overdue sends them."
        case "index_words":
            note = (
                f"{_IN_THE_STREAM}Words may be missing from the search index, by which an erasure finds people: mend "
                f'what failed, then run reindex with {{"from": "{since}", "to": "{until}"}}, and once more from the '
                f'day of your oldest ticket, with "written_since": "{since}" besides.'
            )
        case "runs":
            note = (
                "Each is the event of a run that failed three times; requestContext.functionArn says of which "
                "function. What runs by a schedule is run again by it. Mend what failed, then run the others with that "
                "event (press Test)."
            )
        case _:
            return None
    return f"{note} They go by themselves after 14 days."


def _table(deps: Deps) -> Iterator[Found]:
    deps.tickets.ticket("HEALTH")
    yield from ()


def _files(deps: Deps) -> Iterator[Found]:
    probe = deps.now().isoformat().encode()
    deps.files.keep(_PROBE, probe, "text/plain")
    if deps.files.read(_PROBE) != probe:
        yield "the files bucket gives back other than was put there", "press Test again; then look at the bucket"


def _mail(deps: Deps) -> Iterator[Found]:
    next(deps.files.raw_mails(), None)
    for reconciliation in deps.mail_log.reconciliations(
        deps.now().date() - _DAYS, deps.now().date() - timedelta(days=1)
    ):
        if reconciliation.pending:
            yield (
                f"{reconciliation.pending} mails or events of {reconciliation.day} have no outcome",
                "run reconcile with {}, and see its log",
            )


def _queues(deps: Deps) -> Iterator[Found]:
    for name, queue in deps.queues.items():
        depths = queue.depths()
        if depths.crowded:
            yield f"{depths.waiting} messages wait on the queue {name}", "see whether the function that reads it fails"
        if depths.dead:
            todo = _note(deps, name) or f'mend what failed, then run redrive with {{"queue": "{name}"}}'
            yield f"{depths.dead} dead letters of the queue {name}", todo


def _due_work(deps: Deps) -> Iterator[Found]:
    late = len(overdue(deps, _MAX_OVERDUE))
    if late:
        more = " or more" if late == _MAX_OVERDUE else ""
        yield f"{late}{more} steps should have been taken by now", "run escalate_overdue with {}, and see its log"
    mark = deps.work.run_mark()
    for at in mark.deaths if mark else ():
        yield f"{at.times} runs of escalate_overdue ended at {at.entry}", "see its log, and the ticket at the desk"


def _mails_out(deps: Deps) -> Iterator[Found]:
    since = deps.now() - _DAYS
    recent = (
        mail
        for shop in deps.policy.shops
        for mail in deps.undeliverable.undelivered(shop, _MAX_UNDELIVERED)
        if mail.at >= since
    )
    for mail in recent:
        if mail.status == SHORTENED:
            yield (
                f"the mail {mail.purpose} of {mail.ref} ended send_mail again and again; its short form was sent",
                "see its log, and the ticket at the desk",
            )
        if mail.status == DeliveryStatus.SUPPRESSED:
            yield (
                f"the mail {mail.purpose} of {mail.ref} was held back: SES has its address on a suppression list",
                "where the address is right: aws sesv2 delete-suppressed-destination --email-address, as on the ticket",
            )


def _purge(deps: Deps) -> Iterator[Found]:
    since = deps.now() - _DAYS
    due = islice(deps.work.due(since, _MAX_OVERDUE, "purge"), _MAX_OVERDUE)
    late = sum(_left_over(deps, entry.ref, since) for entry in due)
    if late:
        more = " or more" if late == _MAX_OVERDUE else ""
        yield (
            f"{late}{more} tickets are due for deletion for more than two days and still there",
            "run purge_expired with {}, and see its log",
        )


def _left_over(deps: Deps, ref: str, since: datetime) -> bool:
    """Whether a ticket that was due for deletion then should be gone: not if it is on hold or still owes something."""
    ticket_partitions = purging.load_with_merged(deps, ref)
    if ticket_partitions and (name := ticket_partitions[0].ticket.custody.purging):
        certificate = deps.purges.certificate(name)
        return certificate is None or certificate.begun_at < since
    return bool(ticket_partitions) and retention.kept(deps, ticket_partitions, early=False) is None


def _policy(deps: Deps) -> Iterator[Found]:
    from chalicelib.rules.checking.checking import watched  # its rules take long to import, and few runs need them

    for shop in deps.policy.shops.values():
        for found in watched(shop, local_date(deps.now(), shop.hours)):
            yield f"{shop.name}: {found}", "change templates/policy.toml and deploy"


def _documents(deps: Deps) -> Iterator[Found]:
    for shop in deps.policy.shops.values():
        today = local_date(deps.now(), shop.hours)
        for found in reviewing.unreviewed(deps.documents.versions(shop.id), today):
            yield (
                reviewing.sentence(found, shop.name),
                "let a legal adviser read it, write `reviewed` at its beginning, publish the policies and deploy",
            )


def _help(deps: Deps) -> Iterator[Found]:
    todo = "package and deploy again: packaging writes the help's index"
    for shop in deps.policy.shops.values():
        for language in shop.languages:
            listed = {article.slug for article in deps.help.articles(shop.id, language)}
            index = deps.help.index(shop.id, language) if listed else None
            if listed and index is None:
                yield f"{shop.name}: the help's index ({language}) is missing, or another version wrote it", todo
            elif index and (lacking := listed - set(index.slugs)):
                yield f"{shop.name}: the help's index ({language}) is old: it lacks {len(lacking)} articles", todo


def _holidays(deps: Deps) -> Iterator[Found]:
    last = deps.holidays_until()
    if last is not None and last <= deps.now().year:
        yield f"the holidays written down end with {last}", "package and deploy again: that writes down more years"


_CHECKS: dict[str, Callable[[Deps], Iterator[Found]]] = {
    "table": _table,
    "files": _files,
    "mail": _mail,
    "queues": _queues,
    "due_work": _due_work,
    "mails out": _mails_out,
    "receiving": mail_checks.receiving,
    "sending": mail_checks.sending,
    "mail domains": mail_checks.domains,
    "sources": source_checks.quiet,
    "late orders": source_checks.heard_late,
    "choices": source_checks.untold,
    "tokens": source_checks.tokens,
    "data requests": source_checks.data_requests,
    "purge": _purge,
    "policy": _policy,
    "documents": _documents,
    "help": _help,
    "holidays": _holidays,
}
