"""What is left out of a mail before its customer sees it: an agent's pictures in signature and quote, mails of ours,
calendars with an agent's address, an agent's files beside a mail that they pass on. The agent is informed of all but
the last: once for each picture, because a signature's logo comes with every mail."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.mail.inbound import Attachment
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.policy.model import Agent
from chalicelib.services.delivery.ours import own_mails
from chalicelib.services.delivery.ours.own_mails import Named
from chalicelib.services.intake import arrivals
from chalicelib.services.intake.arrivals import RawMail
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.filing import IncomingFile

_NOT_FROM_AGENTS = (own_mails.names_agents, own_mails.is_ours, own_mails.has_our_id)
_REMEMBERED = timedelta(days=365)


def ours(deps: Deps, mail: RawMail, *, by_agent: bool) -> tuple[Attachment, ...]:
    """The mail's files that hold a mail of ours. Agents were sent what nobody else may read; other people may attach
    what we wrote to them, but no mail to an agent or a third party. From an agent also calendars that tell an agent's
    private address."""

    def holds(file: Named) -> bool:
        if by_agent:
            return any(holds(deps, file) for holds in _NOT_FROM_AGENTS)
        return own_mails.is_internal(deps, file)

    files = ((each, Named(each.filename, each.content_type, each.content)) for each in mail.mail.attachments)
    return tuple(each for each, file in files if holds(file))


def agents_apart(
    mail: RawMail, withheld: tuple[Attachment, ...], attached: str
) -> tuple[list[IncomingFile], list[IncomingFile]]:
    """The files of the customer's mail that an agent's mail holds, and the agent's own. An attached mail (`attached`
    is its digest) holds the customer's, so all beside it are the agent's. Beside a mail in the text only those are that
    the agent's program attached, and the whole mail that an unreadable one has with it."""

    def is_theirs(file: IncomingFile) -> bool:
        if attached:
            return file.digest == attached
        return not (arrivals.is_agents_own(file) or file.content == mail.raw)

    files = arrivals.shared_incoming_files(mail, withheld)
    return [each for each in files if is_theirs(each)], [each for each in files if not is_theirs(each)]


def with_left_out(
    deps: Deps, mail: RawMail, agent: Agent | None, withheld: tuple[Attachment, ...], inbound: Inbound, *, mailed: bool
) -> Inbound:
    """The message with the names of what was left out: the mails of ours (`withheld`), and of an answer that is mailed
    its pictures. Its agent is informed of every such mail, and of pictures that are new."""
    pictures = arrivals.left_out(mail) if mailed and agent else []
    names = tuple(dict.fromkeys(each.filename for each in (*withheld, *pictures)))
    if not names or agent is None:
        return replace(inbound, left_out=names)
    is_new = any(not deps.suppressions.is_suppressed(_key(deps, agent, each.sha256), deps.now()) for each in pictures)
    return replace(inbound, left_out=names, told_left_out=agent.address if withheld or is_new else "")


def remember(deps: Deps, mail: RawMail, agent: Agent | None, inbound: Inbound) -> None:
    """Record that the agent was informed about these pictures."""
    if agent and inbound.left_out and inbound.told_left_out:
        for each in arrivals.left_out(mail):
            deps.suppressions.suppress(_key(deps, agent, each.sha256), "left out", deps.now() + _REMEMBERED)


def _key(deps: Deps, agent: Agent, digest: str) -> str:
    """A key that stays the same when the secret changes, because it is remembered for a year."""
    return derived.name(deps.secret, "left-out", f"{canonical(agent.address)}/{digest}")
