"""What stands in for AWS and DNS in the rehearsal: the embedded AWS, the gate before its SES, a name server.

A mail to a domain for which a receipt rule set is active comes in, as it would by the MX record.
"""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local import ports, processes
from local.aws import emulator, receipt, smtp_in
from local.aws.ses_gate import Gate
from local.rehearsal.name_server import NameServer
from local.web.serving import serving

_ROOT = Path(__file__).resolve().parent.parent.parent
_COLUMNS = re.compile(r"^  (\S+) +(MX|TXT|CNAME) +(\S.*?) {2,}\S", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where the stand-ins are, and the file of published DNS records."""

    address: str
    ses: str
    name_server: str
    dns: Path

    def environment(self) -> dict[str, str]:
        """Environment variables by which the commands find the stand-ins, as they find AWS by a person's own."""
        return processes.clean_environment(
            **emulator.CREDENTIALS,
            AWS_ENDPOINT_URL=self.address,
            AWS_ENDPOINT_URL_SES=self.ses,
            DNS_SERVER=self.name_server,
            PACKAGE_FOR="here",
        )

    def publish(self, printed: str) -> int:
        """Publish the DNS records of a printed table; return how many there are."""
        records = json.loads(self.dns.read_text(encoding="utf-8"))
        found = _COLUMNS.findall(printed)
        records |= {f"{name} {kind}": [value] for name, kind, value in found}
        self.dns.write_text(json.dumps(records), encoding="utf-8")
        return len(found)


def start(data: Path, python: Path, after: ExitStack) -> Cloud:
    """Start everything and wait; `after` takes it down. Raises emulator.NotStarted."""
    (data / "logs").mkdir(parents=True, exist_ok=True)
    records = data / "dns.json"
    records.write_text("{}", encoding="utf-8")
    port = ports.free()
    address = f"http://{ports.HOST}:{port}"
    listening = after.enter_context(ports.take(0, "any port"))
    ses = f"http://{ports.HOST}:{ports.number(listening)}"
    pool = after.enter_context(ThreadPoolExecutor(4, thread_name_prefix="mail-in"))
    after.enter_context(serving(Gate(listening, address, _coming_in(address, pool)), "ses-gate"))
    name_server = NameServer(records)
    after.callback(name_server.close)
    fuller = {"PYTHONPATH": str(_ROOT), "REHEARSAL_DNS": str(records)}
    how = emulator.Start("local.rehearsal.fuller_aws", fuller)
    child = emulator.start(python, data, port, ses, lambda line: None, how=how)
    after.callback(child.stop, emulator.STOP_SECONDS)
    emulator.wait(child, address)
    return Cloud(address, ses, name_server.address, records)


def _coming_in(address: str, pool: ThreadPoolExecutor) -> Callable[[bytes, str, list[str]], object]:
    def keep(raw: bytes, sender: str, recipients: list[str]) -> None:
        pool.submit(_by_rule, address, raw, sender, recipients)

    return keep


def _by_rule(address: str, raw: bytes, sender: str, recipients: list[str]) -> None:
    """Do what the active receipt rules say about these recipients."""
    for rule in emulator.client("ses", address).describe_active_receipt_rule_set().get("Rules", []):
        here = [each for each in recipients if each.rpartition("@")[2].lower() in rule["Recipients"]]
        if here:
            mail = receipt.received(raw, sender, here, "mail.example", datetime.now(UTC))
            _deliver(address, rule["Actions"][0]["S3Action"])(mail)


def _deliver(address: str, action: dict[str, Any]) -> smtp_in.Deliver:
    s3, sns = emulator.client("s3", address), emulator.client("sns", address)
    return smtp_in.deliver_to(s3, action["BucketName"], sns, action["TopicArn"])
