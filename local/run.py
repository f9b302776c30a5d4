"""`python -m local run`: sets everything up, says where it is, and takes it down in order.
Reads top down: what happens when, with each part in a module of its own."""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from chalicelib import errors
from chalicelib.rules import policy_reading
from chalicelib.rules.policy import Shop
from deploy.dependencies import PackagingFailed
from local import (
    console,
    emulator,
    logs,
    packaging,
    ports,
    processes,
    scheduled,
    simulator,
    smtp_in,
    stack,
    state,
    web_process,
)
from local.mailbox import Mailbox
from local.mailbox_server import Server as MailboxServer
from local.serving import serving
from local.ses_gate import Gate

# Each is said as it is: it holds a sentence for whoever started the run.
FAILURES = (
    ports.PortTaken,
    state.InUse,
    errors.PolicyMistakes,
    PackagingFailed,
    emulator.NotStarted,
    stack.NotDeployed,
    web_process.NotServing,
)
SETTINGS = {"http": "PORT", "smtp": "SMTP_PORT", "mail": "MAIL_PORT"}


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for."""

    data: Path
    port: int
    smtp_port: int
    mail_port: int
    rate_limits: str
    emulator_python: Path


@dataclass(frozen=True, slots=True)
class _Aws:
    """The embedded AWS: its process and address, the gate before its SES, and the functions' names for the log."""

    child: processes.Child
    address: str
    port: int
    gate: Gate
    ses: str
    names: dict[str, str]


class _Stop(BaseException):
    """Someone asked us to end."""


def main(options: Options) -> int:
    """Runs until Ctrl-C or SIGTERM (0) or until something fails (1, with a sentence)."""
    _on_signals(_stop)
    status = 1
    with ExitStack() as after:
        try:
            sockets = {}
            for name, port in (("http", options.port), ("smtp", options.smtp_port), ("mail", options.mail_port)):
                sockets[name] = after.enter_context(ports.take(port, SETTINGS[name]))
            after.enter_context(state.lock(options.data))
            _run(options, sockets, after)
        except _Stop:
            console.line("stopping …")
            status = 0
        except FAILURES as error:
            print(error, file=sys.stderr)
        finally:
            console.ending()
            # From here everything is taken down in order; a second Ctrl-C must not cut that short.
            _on_signals(signal.SIG_IGN)
    return status


def _run(options: Options, sockets: dict[str, socket.socket], after: ExitStack) -> NoReturn:
    began = time.monotonic()
    console.line(f"Aftercare on this machine; its data is in {options.data}")
    shops = list(policy_reading.read(Path("templates/policy.toml").read_text(encoding="utf-8")).shops.values())
    domains = smtp_in.domains(shops)
    mailbox = Mailbox(options.data / "mailbox")
    url = f"http://{ports.HOST}:{ports.number(sockets['http'])}"

    aws = _start_aws(options, mailbox, after)
    deployed = _deploy(options, aws, url, domains)
    with _step("web, mail and mailbox up"):
        web = _start_web(options, sockets["http"], aws, deployed, url)
        after.callback(web.stop)
        smtp = smtp_in.Server(sockets["smtp"], smtp_in.Rule(domains, _delivery(aws, deployed), console.event))
        after.callback(smtp.stop)
        after.enter_context(serving(MailboxServer(sockets["mail"], mailbox, aws.gate.refuse), "mailbox"))
        web.wait()

    numbers = {name: ports.number(listening) for name, listening in sockets.items()} | {"aws": aws.port}
    running = state.Stack(
        pid=os.getpid(),
        emulator_pid=aws.child.pid,
        endpoint=aws.address,
        url=url,
        mailbox=f"http://{ports.HOST}:{numbers['mail']}",
        ports=numbers,
        outputs=deployed.outputs,
        resources=deployed.resources,
        functions=deployed.functions,
    )
    state.write(options.data, running)
    _say_addresses(running, shops)
    console.line(f"ready ({time.monotonic() - began:.1f} s). Ctrl-C ends it; the data stays.")
    while not aws.child.ended():
        time.sleep(0.2)
        web.revive()
    raise emulator.NotStarted("The embedded AWS has ended by itself; see logs/aws.log in DATA.")


def _start_aws(options: Options, mailbox: Mailbox, after: ExitStack) -> _Aws:
    """Starts it without waiting: it comes up while the package is being made."""
    logs.begin(options.data / "logs")
    before = state.last(options.data)
    port = ports.free(before.ports["aws"] if before else None)
    address = f"http://{ports.HOST}:{port}"
    listening = after.enter_context(ports.take(0, "any port"))
    gate, ses = Gate(listening, address, _keeping(mailbox)), f"http://{ports.HOST}:{ports.number(listening)}"
    after.enter_context(serving(gate, "ses-gate"))
    names = {physical: name for name, physical in before.functions.items()} if before else {}
    schedules = scheduled.ScheduledLogs(address, names, options.data / "logs" / "scheduled.log", console.event)
    show = logs.FunctionLogs(names, console.event, schedules)
    child = emulator.start(options.emulator_python, options.data, port, ses, show)
    after.callback(child.stop, emulator.STOP_SECONDS)
    return _Aws(child, address, port, gate, ses, names)


def _deploy(options: Options, aws: _Aws, url: str, domains: list[str]) -> stack.Deployed:
    with _step("package ready"):
        template, code = packaging.provide(options.data / "package", Path.cwd(), console.progress)
    with _step("embedded AWS up"):
        emulator.wait(aws.child, aws.address)
    with _step("stack deployed to it"):
        stack.deploy(aws.address, template, code, {"PublicUrl": url, "RateLimits": options.rate_limits})
        stack.verify_senders(aws.address, domains)
        deployed = stack.inspect(aws.address)
    aws.names.update({physical: name for name, physical in deployed.functions.items()})
    aws.gate.tell = simulator.publishing(emulator.client("sns", aws.address), deployed.resources["DeliveryTopic"])
    stack.warm_up(aws.address)
    return deployed


def _start_web(
    options: Options, listening: socket.socket, aws: _Aws, deployed: stack.Deployed, url: str
) -> web_process.WebProcess:
    function = stack.environment(aws.address, deployed.functions["api_handler"])
    environment = web_process.environment(aws.address, aws.ses, function, url)
    return web_process.WebProcess(listening, environment, options.data)


def _delivery(aws: _Aws, deployed: stack.Deployed) -> smtp_in.Deliver:
    s3, sns = emulator.client("s3", aws.address), emulator.client("sns", aws.address)
    return smtp_in.deliver_to(s3, deployed.resources["MailBucket"], sns, deployed.resources["MailTopic"])


def _keeping(mailbox: Mailbox) -> Callable[[bytes, str, list[str]], None]:
    def keep(raw: bytes, sender: str, recipients: list[str]) -> None:
        entry = mailbox.add(raw, sender, recipients)
        console.event("mail out", f"{sender} → {', '.join(map(str, entry.people()))}  “{entry.subject}”")

    return keep


def _say_addresses(running: state.Stack, shops: Sequence[Shop]) -> None:
    addresses = [(f"form, {shop.name}", f"{running.url}/shops/{shop.id}/contact") for shop in shops]
    addresses += [
        ("API", f"{running.url}/"),
        ("mailbox", f"{running.mailbox}/   every mail that was sent"),
        ("SMTP", f"{ports.HOST}:{running.ports['smtp']}   mail to {', '.join(shop.support for shop in shops)}"),
        ("embedded AWS", f"{running.endpoint}   region {emulator.REGION}, any credentials"),
    ]
    width = max(len(name) for name, _ in addresses)
    for name, address in addresses:
        console.line(f"{name:<{width}}  {address}")


@contextmanager
def _step(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    console.progress(f"{what} ({time.monotonic() - began:.1f} s)")


def _on_signals(handler: Any) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _stop(_number: int, _frame: object) -> None:
    raise _Stop
