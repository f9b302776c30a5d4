"""`python -m local run`: sets everything up, prints the addresses, and takes it down in order.
Reads top down, in order of time; each part has a module of its own."""

import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from chalicelib import errors
from chalicelib.rules.policy import reading
from chalicelib.rules.policy.model import Shop
from deploy.help import packing
from deploy.runtime import PackagingFailed
from local import console, embedded, ports, stack, state
from local.aws import emulator, iam, loop, smtp_in
from local.embedded import Aws
from local.events import secrets
from local.mailbox.box import Mailbox
from local.mailbox.server import Server as MailboxServer
from local.web import process, warming
from local.web.serving import serving

# These errors are printed as they are: each holds a sentence for the person who started the run.
FAILURES = (
    ports.PortTaken,
    state.InUse,
    errors.PolicyMistakes,
    PackagingFailed,
    emulator.NotStarted,
    stack.NotDeployed,
    process.NotServing,
)
SETTINGS = {"http": "PORT", "smtp": "SMTP_PORT", "mail": "MAIL_PORT"}


@dataclass(frozen=True, slots=True)
class Options:
    """The options from the command line."""

    data: Path
    port: int
    smtp_port: int
    mail_port: int
    rate_limits: str
    loop: bool
    emulator_python: Path
    policy: Path
    iam: bool = False


class _Stop(BaseException):
    """Raised by the signal that asks us to end."""


def main(options: Options) -> int:
    """Run until Ctrl-C or SIGTERM (returns 0) or until something fails (prints a sentence, returns 1)."""
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
            # From here everything is taken down in order; a second Ctrl-C must not interrupt that.
            _on_signals(signal.SIG_IGN)
    return status


def _run(options: Options, sockets: dict[str, socket.socket], after: ExitStack) -> NoReturn:
    began = time.monotonic()
    console.line(f"Aftercare on this machine; its data is in {options.data}")
    shops = list(reading.read(options.policy.read_text(encoding="utf-8")).shops.values())
    domains = smtp_in.domains(shops)
    mailbox = Mailbox(options.data / "mailbox")
    url = f"http://{ports.HOST}:{ports.number(sockets['http'])}"

    aws = embedded.start(options.data, options.emulator_python, mailbox, options.iam, after)
    parameters = {"PublicUrl": url, "RateLimits": options.rate_limits}
    deployed = embedded.deploy(options.data, options.policy, aws, parameters, domains, enforced=options.iam)
    gate = f"http://{ports.HOST}:{ports.number(aws.gate.socket)}"
    secrets.provide(aws.address, deployed.resources[secrets.RESOURCE], [shop.id for shop in shops], gate)
    with console.step("web, mail and mailbox up"):
        web = _start_web(options, sockets["http"], aws, deployed, url)
        after.callback(web.stop)
        rule = smtp_in.Rule(domains, smtp_in.forwards(shops), embedded.delivery(aws, deployed), console.event)
        smtp = smtp_in.Server(sockets["smtp"], rule)
        if options.loop:
            aws.gate.keep = loop.back_in(aws.gate.keep, rule.takes, ports.number(sockets["smtp"]))
        after.callback(smtp.stop)
        after.enter_context(serving(MailboxServer(sockets["mail"], mailbox, aws.gate.refuse), "mailbox"))
        web.wait()
    with console.step("functions and pages warm"):
        warming.functions(aws.address, deployed.resources, deployed.functions)
        warming.web(url, shops)

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
    stack.catch_up(aws.address, deployed.functions["escalate_overdue"], after)
    for address in addresses(running, shops):
        console.line(address)
    console.line(f"ready ({time.monotonic() - began:.1f} s). Ctrl-C ends it; the data stays.")
    while not aws.child.ended():
        time.sleep(0.2)
        web.restart()
    raise emulator.NotStarted("The embedded AWS has ended by itself; see logs/aws.log in DATA.")


def _start_web(
    options: Options, listening: socket.socket, aws: Aws, deployed: stack.Deployed, url: str
) -> process.WebProcess:
    function = stack.environment(aws.address, deployed.functions["api_handler"])
    packing.pack(options.policy.parent / "help", options.data / "help", reading.read(options.policy.read_text("utf-8")))
    environment = process.environment(aws.address, aws.ses, function, url, options.policy, options.data / "help")
    if options.iam:
        environment |= iam.credentials(aws.address, deployed.resources["ApiHandlerRole"])
    return process.WebProcess(listening, environment, options.data)


def addresses(running: state.Stack, shops: Sequence[Shop]) -> list[str]:
    """The addresses to open, one per line, and who may sign in at the desk."""
    mailboxes = [address for shop in shops for address in shop.addresses]
    named = [(f"form, {shop.name}", f"{running.url}/shops/{shop.id}/contact") for shop in shops]
    named += [("desk", f"{running.url}/desk/login   for agents; the link to sign in is in the mailbox")]
    named += [(f"agents, {shop.name}", ", ".join(f"{a.address} ({a.role})" for a in shop.agents)) for shop in shops]
    named += [
        ("API", f"{running.url}/"),
        ("mailbox", f"{running.mailbox}/   every mail that was sent"),
        ("SMTP", f"{ports.HOST}:{running.ports['smtp']}   mail to {', '.join(mailboxes)}"),
        ("embedded AWS", f"{running.endpoint}   region {emulator.REGION}, any credentials"),
    ]
    width = max(len(name) for name, _ in named)
    return [f"{name:<{width}}  {address}" for name, address in named]


def _on_signals(handler: Any) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _stop(_number: int, _frame: object) -> None:
    raise _Stop
