"""`make go-live STAGE=…`: SES's identities, the DNS records, the receipt rule set; repeated until all is there."""

from collections.abc import Iterable
from dataclasses import dataclass

from deploy.cloud import account, alarm_mail, dns, mail_domains, receiving, stacks
from deploy.cloud.clients import Clients
from deploy.cloud.mail_domains import Identity, Record
from deploy.cloud.stage import Stage
from deploy.cloud.stops import Stopped
from deploy.cloud.terminal import Terminal
from deploy.template import policy_facts
from deploy.watching.alarms import PARAMETER


@dataclass(frozen=True, slots=True)
class GoingLive:
    """A deployed stage that is to send and receive mail, and what that works with."""

    stage: Stage
    aws: Clients
    resolve: dns.Resolve
    terminal: Terminal


def run(work: GoingLive) -> list[str]:
    """Do what can be done now; return sentences about what is missing. A second run changes nothing. Raises
    Stopped."""
    stack = stacks.find(work.aws.cloudformation, work.stage.stack)
    if stack is None or stack["StackStatus"] in stacks.NEVER_MADE:
        raise Stopped(f"There is no stack {work.stage.stack} yet: make deploy STAGE={work.stage.name}")
    policy = policy_facts.policy(work.stage.policy)
    domains = policy_facts.mappings(work.stage.policy)["Policy"]["Shops"]["Domains"]
    missing: list[str] = []
    for domain in domains:
        missing += _one_domain(work, domain)
    missing += _leads_to_us(work, stacks.outputs(stack))
    missing += _receives(work, stacks.outputs(stack))
    missing += _sends(work)
    work.terminal.say(str(alarm_mail.finding(work.aws, work.stage.stack, work.stage.parameters.get(PARAMETER, ""))))
    _agents(work, policy_facts.agents_domains(policy))
    if missing:
        work.terminal.say("\n".join(["\nStill missing:", *(f"  {each}" for each in missing)]))
        work.terminal.say(f"DNS takes minutes, sometimes hours. Then again: make go-live STAGE={work.stage.name}")
    else:
        work.terminal.say(f"\nLive: mail comes in and goes out. Try it: make smoke STAGE={work.stage.name}")
    return missing


def _one_domain(work: GoingLive, domain: str) -> list[str]:
    say = work.terminal.say
    identity = mail_domains.provide(work.aws.sesv2, domain)
    say(f"\n{domain}: " + ("; ".join(identity.done) or "SES's identity is as it should be"))
    listed = mail_domains.records(identity, work.stage.region)
    say("\n".join(["DNS records:", *mail_domains.table(listed)]))
    return list(_checked(work, listed)) + _unverified(identity)


def _checked(work: GoingLive, listed: Iterable[Record]) -> Iterable[str]:
    try:
        for record in listed:
            if problem := mail_domains.problem(record, work.resolve):
                yield f"{record.name} {record.kind}: {problem}"
    except dns.Silent as silent:
        yield f"the records could not be looked up: {silent} DNS_SERVER=1.1.1.1 before the command asks another one."


def _leads_to_us(work: GoingLive, outputs: dict[str, str]) -> list[str]:
    """What is missing for the customers' own domain to lead to the API, if the stage has one."""
    name, target = work.stage.parameters.get("DomainName", ""), outputs.get("DomainTarget", "")
    if not name or not target:
        return []
    record = Record(name, "CNAME", target, "the pages; an alias is as good")
    work.terminal.say("\n".join([f"\n{name}:", *mail_domains.table([record])]))
    try:
        there = set(work.resolve(name, "A")) & set(work.resolve(target, "A"))
    except dns.Silent:
        there = set()
    return [] if there else list(_checked(work, [record]))


def _unverified(identity: Identity) -> list[str]:
    return (
        []
        if identity.verified
        else [f"SES has not verified {identity.domain} yet; it looks at the DKIM records itself"]
    )


def _receives(work: GoingLive, outputs: dict[str, str]) -> list[str]:
    ours = outputs.get("ReceiptRuleSetName", "")
    if not ours:
        work.terminal.say("\nThis stage receives no mail by SES (MailIntake is none).")
        return []
    active, sentence = receiving.activate(work.aws.ses, ours)
    work.terminal.say(f"\n{sentence}")
    return [] if active else [f"mail does not come in: {sentence}"]


def _sends(work: GoingLive) -> list[str]:
    found = list(account.sending(work.aws.sesv2, work.stage.region))
    for each in found:
        work.terminal.say(str(each))
    return [each.sentence for each in found if each.weight is not account.Weight.WELL]


def _agents(work: GoingLive, domains: list[str]) -> None:
    """Name the agents' domains without DMARC: their answers by mail do not count, but nothing else waits for it."""
    for domain in domains:
        try:
            found = [text for text in work.resolve(f"_dmarc.{domain}", "TXT") if text.lower().startswith("v=dmarc1")]
        except dns.Silent:
            return
        if not found:
            sentence = f"{domain} has no DMARC record: its agents answer at the desk only"
            work.terminal.say(str(account.Finding(account.Weight.NOTE, sentence)))
