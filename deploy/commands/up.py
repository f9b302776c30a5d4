"""`make deploy STAGE=…`: checks, packages, uploads, shows the change set, carries it out, protects (decision 188)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.cloud import account, alarm_mail, change_sets, dns, receiving, records, stacks, stage, uploading
from deploy.cloud.clients import Clients
from deploy.cloud.stage import Stage
from deploy.cloud.stops import Stopped
from deploy.cloud.terminal import Terminal
from deploy.watching.alarms import PARAMETER

# Until the API exists, nobody knows its address. Names under .invalid never exist (RFC 2606).
UNKNOWN_URL = "https://not-yet-known.invalid"
Build = Callable[[Stage], tuple[Path, Path]]


@dataclass(frozen=True, slots=True)
class Deployment:
    """A stage, and what its deployment works with. `build` returns the paths of the template and the package."""

    stage: Stage
    aws: Clients
    build: Build
    resolve: dns.Resolve
    terminal: Terminal


def run(work: Deployment) -> dict[str, str]:
    """Deploy the stage; return the stack's outputs. Raises Stopped."""
    say, cloudformation, name = work.terminal.say, work.aws.cloudformation, work.stage.stack
    say(f"Stage {work.stage.name}: stack {name}")
    _look_at_the_account(work)
    before = stacks.find(cloudformation, name)
    stacks.refuse_unready(before)
    if before and before["StackStatus"] in stacks.NEVER_MADE - {"REVIEW_IN_PROGRESS"}:
        say("An earlier first deployment failed. What is left of it goes first.")
        clear(work, before["StackId"])
        before = None
    template, package = work.build(work.stage)
    content = json.loads(template.read_text(encoding="utf-8"))
    parameters = parameters_of(work.stage, content, stacks.outputs(before or {}), first=_never_made(before))
    if wrong := stage.mistakes(parameters, content):
        raise Stopped("\n".join([f"The parameters of the stage {work.stage.name} do not fit the template:", *wrong]))
    bucket = uploading.provide_bucket(work.aws, work.stage.region)
    url, new = uploading.upload(work.aws, bucket, template, package)
    say(f"{'uploaded the package to' if new else 'the package is already in'} {bucket}")
    outputs = _carry_out(work, url, parameters)
    final = parameters_of(work.stage, content, outputs, first=False)
    if final != parameters:
        differ = [f"{each} = {final[each]}" for each in final if final[each] != parameters.get(each)]
        say(f"Now that the stack is there, a second change follows by itself: {', '.join(differ)}.")
        outputs = _carry_out(work, url, final, agreed=True)
    _say_what_is_next(work, outputs)
    return outputs


def _look_at_the_account(work: Deployment) -> None:
    found = list(account.findings(work.aws, work.stage.region, work.resolve))
    for each in found:
        work.terminal.say(str(each))
    if any(each.weight is account.Weight.STOP for each in found) and _by_ses(work.stage):
        raise Stopped("The stage can't be deployed there.")


def _by_ses(of: Stage) -> bool:
    return of.parameters.get("MailIntake", "ses") == "ses"


def parameters_of(of: Stage, template: dict[str, Any], outputs: dict[str, str], first: bool) -> dict[str, str]:
    """The stack's parameters: what the stage says, and what follows from the state of the stack.

    A stage that names no address has the API's own one, which the stack's `outputs` tell once it exists. A first
    deployment protects the table only afterwards, so that it can be rolled back whole.
    """
    given, known = dict(of.parameters), template["Parameters"]
    if "PublicUrl" in known and not given.get("PublicUrl") and not given.get("DomainName"):
        given["PublicUrl"] = outputs.get("EndpointURL", UNKNOWN_URL).rstrip("/")
    if "DeletionProtection" in known:
        given.setdefault("DeletionProtection", "off" if first else "on")
    return given


def _never_made(stack: dict[str, Any] | None) -> bool:
    return stack is None or stack["StackStatus"] in stacks.NEVER_MADE


def _carry_out(work: Deployment, url: str, parameters: dict[str, str], agreed: bool = False) -> dict[str, str]:
    """Make the change set, show it, carry it out and wait; return the outputs. Raises Stopped."""
    say, client, name = work.terminal.say, work.aws.cloudformation, work.stage.stack
    first = _never_made(stacks.find(client, name))
    planned = change_sets.make(client, name, url, parameters, first, work.terminal.sleep)
    if planned is None:
        say("Nothing has changed since the last deployment.")
    else:
        arn, changes = planned
        say("\n".join(["CloudFormation will do this:", *change_sets.words(changes)]))
        _refuse_losses(client, arn, changes)
        if not agreed:
            _agree(work, arn, first)
        # Before the update, so that not even this one replaces or removes records.
        if not first:
            stacks.protect(client, name)
        _execute(work, arn, first)
    stacks.protect(client, name)
    say("The stack is protected: against deletion, and its records against replacement.")
    return stacks.outputs(stacks.find(client, name) or {})


def _refuse_losses(client: Any, arn: str, changes: list[change_sets.Change]) -> None:
    lost = change_sets.refusals(changes)
    if lost:
        client.delete_change_set(ChangeSetName=arn)
        raise Stopped(
            "\n".join(["This would lose records, so nothing was changed:", *lost])
            + "\ndocs/deploying.md, “When a change is refused”, says what to do instead."
        )


def _agree(work: Deployment, arn: str, first: bool) -> None:
    try:
        work.terminal.agreed("Carry this out?", "yes")
    except Stopped:
        work.aws.cloudformation.delete_change_set(ChangeSetName=arn)
        if first:  # the empty shell that the change set stood in
            work.aws.cloudformation.delete_stack(StackName=work.stage.stack)
        raise


def _execute(work: Deployment, arn: str, first: bool) -> None:
    client, name = work.aws.cloudformation, work.stage.stack
    identity = (stacks.find(client, name) or {})["StackId"]
    since = stacks.latest_event(client, identity)
    # RetainExceptOnCreate: what a failed update has made goes again, even where the template says Retain.
    client.execute_change_set(ChangeSetName=arn, RetainExceptOnCreate=True)
    status = stacks.wait(client, identity, work.terminal, since)
    if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        work.terminal.say("CloudFormation has done it.")
        return
    why = stacks.complaints(client, identity, since)
    work.terminal.say("\n".join(["CloudFormation could not do it:", *why]))
    if first:
        clear(work, identity)
        raise Stopped(
            "The first deployment failed. Nothing is left of it but the package in its bucket. Mend it; deploy again."
        )
    raise Stopped(f"The update failed. The stack is as it was before ({status}); its data is untouched.")


def clear(work: Deployment, identity: str) -> None:
    """Delete what a first deployment has left that never succeeded. It held no records: no mail or form reached it."""
    client = work.aws.cloudformation
    left = [each for each in stacks.ever_made(client, identity) if each[0] in change_sets.RECORDS]
    client.delete_stack(StackName=identity)
    stacks.wait(client, identity, work.terminal)
    for kind, physical in left:
        if records.delete(work.aws, kind, physical, at_once=True):
            work.terminal.say(f"  deleted {physical}")


def _say_what_is_next(work: Deployment, outputs: dict[str, str]) -> None:
    say, name = work.terminal.say, work.stage.name
    say(f"\nDeployed. The API is at {outputs.get('EndpointURL', 'no address')}")
    say(str(alarm_mail.finding(work.aws, work.stage.stack, work.stage.parameters.get(PARAMETER, ""))))
    ours = outputs.get("ReceiptRuleSetName", "")
    if ours and receiving.active(work.aws.ses) == ours:
        say(f"Mail comes in already. Try it: make smoke STAGE={name}")
    else:
        say(f"Mail neither comes in nor goes out yet. Next: make go-live STAGE={name}")
