"""`make destroy STAGE=…`: deletes the stack and keeps its records; deletes these too only if told twice."""

from dataclasses import dataclass
from typing import Any

from deploy.cloud import change_sets, receiving, records, stacks
from deploy.cloud.clients import FAILURES, Clients
from deploy.cloud.stage import Stage
from deploy.cloud.stops import Stopped
from deploy.cloud.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Destruction:
    """A stage that is to go. `records_too`: the first of the two times that this is said; the terminal asks again."""

    stage: Stage
    aws: Clients
    terminal: Terminal
    records_too: bool = False


def run(work: Destruction) -> None:
    """Delete the stack, after the person has typed its name. Raises Stopped."""
    say, client, name = work.terminal.say, work.aws.cloudformation, work.stage.stack
    stack = stacks.find(client, name)
    if stack is None:
        raise Stopped(f"There is no stack {name} in {work.stage.region}.")
    kept = _records(client, stack)
    _agree(work, [physical for _, physical in kept])
    if receiving.deactivate(work.aws.ses, stacks.outputs(stack).get("ReceiptRuleSetName", "")):
        say("Mail no longer comes in: the receipt rule set is not active any more.")
    client.update_termination_protection(StackName=name, EnableTerminationProtection=False)
    client.delete_stack(StackName=name)
    status = stacks.wait(client, stack["StackId"], work.terminal)
    if status != "DELETE_COMPLETE":
        why = stacks.complaints(client, stack["StackId"], "")
        raise Stopped("\n".join([f"The stack is {status}:", *why, "Mend that, and type the command again."]))
    say(f"The stack {name} is deleted.")
    _settle(work, kept)
    say("SES's identities, the DNS records and the bucket of packages are left as they are.")


def _records(client: Any, stack: dict[str, Any]) -> list[tuple[str, str]]:
    """(type, name) of what holds records, with the restored table that the functions may work with."""
    listed = stacks.resources(client, stack["StackId"])
    found = [(kind, physical) for _, kind, physical, _ in listed if kind in change_sets.RECORDS]
    in_use = (change_sets.TABLE, stacks.table_in_use(stack))
    return found if not in_use[1] or in_use in found else [in_use, *found]


def _agree(work: Destruction, kept: list[str]) -> None:
    names = "\n".join(f"  {physical}" for physical in kept)
    if not work.records_too:
        work.terminal.say(f"The stack goes. These stay, with every ticket, mail and file:\n{names}")
        work.terminal.agreed("Delete the stack?", work.stage.stack)
        return
    work.terminal.say(f"The stack goes, and with it every ticket, mail and file. Nobody can bring them back:\n{names}")
    work.terminal.agreed("Delete all of it?", work.stage.stack)
    work.terminal.agreed("The records too?", f"delete the records of {work.stage.name}")


def _settle(work: Destruction, kept: list[tuple[str, str]]) -> None:
    if not work.records_too:
        work.terminal.say("\n".join(["Kept:", *(f"  {kind} {physical}" for kind, physical in kept)]))
        return
    for kind, physical in kept:
        try:
            gone = records.delete(work.aws, kind, physical)
        except FAILURES as error:  # such as objects that may not be deleted yet
            work.terminal.say(f"  NOT deleted: {physical}: {error}. Delete it at the console.")
        else:
            work.terminal.say(f"  {'deleted' if gone else 'gone already:'} {physical}")
    work.terminal.say(f"The secrets can be had back for {records.RECOVERY_DAYS} days, the rest can't.")
