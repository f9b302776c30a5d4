"""Incoming SMTP: accepts customers' mail and handles it as an SES receipt rule does.
A sender gets 250 only when the mail is stored and its notification published; otherwise it is asked to retry."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from chalicelib.rules.identity.addressing import canonical, domain_of, without_plus
from chalicelib.rules.policy.model import Shop
from local.aws import receipt
from local.console import Show

# SES's limit.
SIZE_LIMIT = 40 * 1024 * 1024
AT_ONCE = 16
Deliver = Callable[[receipt.ReceivedMail], None]


class Receiver(SMTP):
    """The SMTP protocol. Mail programs write longer lines than the standard allows, and SES accepts them."""

    line_length_limit = 1024 * 1024


class Rule:
    """A receipt rule: the domains it accepts mail for, and what it does with a mail. It also acts as the companies' own
    servers: mail to an address in `forwards` goes on to the address that it stands for."""

    def __init__(self, domains: Collection[str], forwards: Mapping[str, str], deliver: Deliver, show: Show) -> None:
        self._domains = {domain_of(f"@{domain}") for domain in domains}
        self._forwards = forwards
        self._deliver = deliver
        self._show = show
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="smtp-in")

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Accept any address at our domains and any alias, also with a plus-part."""
        plain = parseaddr(address)[1]
        if not self.takes(plain):
            return f"550 5.1.1 <{address}> is not an address of ours"
        envelope.rcpt_tos.append(self._forwarded(plain))
        return "250 2.1.5 Ok"

    def takes(self, address: str) -> bool:
        """Whether mail to this address is accepted."""
        return domain_of(self._forwarded(address)) in self._domains

    def _forwarded(self, address: str) -> str:
        """The address that the mail goes on to. As on a forwarding server, the plus-part is kept."""
        support = self._forwards.get(without_plus(address))
        if support is None:
            return address
        local, _, domain = support.rpartition("@")
        _, plus, tag = address.rpartition("@")[0].partition("+")
        return f"{local}{plus}{tag}@{domain}"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        """Store and announce the mail, then answer."""
        peer = f"{session.host_name or 'unknown'} (unknown [{session.peer[0] if session.peer else 'unknown'}])"
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
        sender = (envelope.mail_from or "").strip("<>")
        mail = receipt.received(raw, sender, envelope.rcpt_tos, peer, datetime.now(UTC))
        try:
            await asyncio.get_running_loop().run_in_executor(self._pool, self._deliver, mail)
        except Exception as error:  # after any error the sender still has the mail
            self._show("mail in", f"ERROR not taken from {mail.sender}: {error}")
            return "451 4.3.0 Could not be stored, please try again"
        self._show("mail in", f"{mail.sender or '<>'} → {', '.join(mail.recipients)}  ({len(mail.raw)} bytes)")
        return f"250 2.0.0 Ok {mail.id}"


def deliver_to(s3: Any, bucket: str, sns: Any, topic: str) -> Deliver:
    """The rule's action: one object in the bucket, one notification to the topic."""

    def deliver(mail: receipt.ReceivedMail) -> None:
        s3.put_object(Bucket=bucket, Key=receipt.PREFIX + mail.id, Body=receipt.stored(mail))
        message = json.dumps(receipt.notification(mail, bucket, topic))
        sns.publish(TopicArn=topic, Subject=receipt.SUBJECT, Message=message)

    return deliver


class Server:
    """Serves SMTP on a listening socket, in its own thread."""

    def __init__(self, listening: socket.socket, rule: Rule) -> None:
        self._loop = asyncio.new_event_loop()
        self._ending = asyncio.Event()
        serving = self._serve(listening, rule)
        self._thread = threading.Thread(target=self._run, args=(serving,), name="smtp-in", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End at once; the sender keeps any mail that has not been answered yet."""
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(timeout=2)

    def _run(self, serving: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(serving)

    async def _serve(self, listening: socket.socket, rule: Rule) -> None:
        def protocol() -> SMTP:
            return Receiver(
                rule,
                data_size_limit=SIZE_LIMIT,
                enable_SMTPUTF8=True,
                hostname="inbound-smtp.localhost",
                ident="Aftercare",
                loop=self._loop,
            )

        server = await self._loop.create_server(protocol, sock=listening, backlog=1024)
        await self._ending.wait()
        server.close()


def domains(shops: Sequence[Shop]) -> list[str]:
    """The domains that mail is accepted for: those of the shops' support addresses."""
    return sorted({domain_of(shop.support) for shop in shops})


def forwards(shops: Sequence[Shop]) -> dict[str, str]:
    """Each alias with the support address that the company's own server forwards its mail to."""
    return {canonical(alias): shop.support for shop in shops for alias in shop.aliases}
