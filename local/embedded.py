"""The embedded AWS of a run and its surroundings: the gate before its SES, the functions' logs, the deployed stack,
incoming mail."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from deploy import built
from deploy.package import Wanted
from local import console, logs, ports, processes, stack, state
from local.aws import emulator, iam, live, scheduled, simulator, smtp_in
from local.aws.ses_gate import Gate
from local.mailbox.box import Mailbox
from local.web.serving import serving


@dataclass(frozen=True, slots=True)
class Aws:
    """The embedded AWS: its process and address, the gate before its SES, and the functions' names for the log."""

    child: processes.Child
    address: str
    port: int
    gate: Gate
    ses: str
    names: dict[str, str]


def start(data: Path, python: Path, mailbox: Mailbox, enforced: bool, after: ExitStack) -> Aws:
    """Start the embedded AWS without waiting: it gets ready while the package is built. `after` takes it down."""
    logs.begin(data / "logs")
    before = state.last(data)
    port = ports.free(before.ports["aws"] if before else None)
    address = f"http://{ports.HOST}:{port}"
    listening = after.enter_context(ports.take(0, "any port"))
    gate, ses = Gate(listening, address, _keeping(mailbox)), f"http://{ports.HOST}:{ports.number(listening)}"
    after.enter_context(serving(gate, "ses-gate"))
    names = {physical: name for name, physical in before.functions.items()} if before else {}
    schedules = scheduled.ScheduledLogs(address, names, data / "logs" / "scheduled.log", console.event)
    show = logs.FunctionLogs(names, console.event, schedules)
    child = emulator.start(python, data, port, ses, show, how=emulator.Start(iam=enforced))
    after.callback(child.stop, emulator.STOP_SECONDS)
    return Aws(child, address, port, gate, ses, names)


def deploy(
    data: Path, policy: Path, aws: Aws, parameters: Mapping[str, str], domains: list[str], *, enforced: bool
) -> stack.Deployed:
    with console.step("package ready"):
        template, code = built.provide(Wanted("local", policy), data / "package-local", console.progress)
    with console.step("embedded AWS up"):
        emulator.wait(aws.child, aws.address)
    with console.step("stack deployed to it"):
        adapt = live.at(aws.address)
        stack.deploy(
            aws.address, template, code, parameters, lambda made: adapt(iam.enforceable(made) if enforced else made)
        )
        stack.verify_senders(aws.address, domains)
        deployed = stack.inspect(aws.address)
    aws.names.update({physical: name for name, physical in deployed.functions.items()})
    aws.gate.tell = simulator.publishing(emulator.client("sns", aws.address), deployed.resources["DeliveryTopic"])
    return deployed


def delivery(aws: Aws, deployed: stack.Deployed) -> smtp_in.Deliver:
    s3, sns = emulator.client("s3", aws.address), emulator.client("sns", aws.address)
    return smtp_in.deliver_to(s3, deployed.resources["MailBucket"], sns, deployed.resources["MailTopic"])


def _keeping(mailbox: Mailbox) -> Callable[[bytes, str, list[str]], None]:
    def keep(raw: bytes, sender: str, recipients: list[str]) -> None:
        entry = mailbox.add(raw, sender, recipients)
        console.event("mail out", f"{sender} → {', '.join(map(str, entry.people()))}  “{entry.subject}”")

    return keep
