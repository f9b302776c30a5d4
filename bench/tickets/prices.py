"""What AWS asks for, and a sum of it: in US dollars, without tax, and without AWS's free amounts."""

import re
from collections.abc import Mapping
from pathlib import Path

from deploy.rights import FUNCTIONS

REGION, AS_OF = "eu-central-1", "2026-11-29"
# Dollars for a million, of what is used once and of what is kept for a month.
PRICES = {
    "mails sent": 100.0,
    "mails received": 100.0,
    "write units": 0.7625,
    "read units": 0.1525,
    "pages": 3.70,
    # Of WebSockets: a message each way, and a minute of a connection. A fifth above those of us-east-1.
    "socket messages": 1.20,
    "connected minutes": 0.30,
    "runs": 0.20,
    "GB-seconds": 13.3334,  # of arm64 (deploy.runtime)
    "topic messages": 0.50,
    "queue requests": 0.40,
    "file writes": 5.40,
    "file reads": 0.43,
    "KB of log": 0.63,
    "KB kept": 0.306 + 0.2448,
    "secrets": 400_000.0,
}
SERVICES = {
    "mails": ("mails sent", "mails received"),
    "the table": ("write units", "read units"),
    "functions": ("runs", "GB-seconds", "KB of log"),
    "pages": ("pages",),
    "connections": ("socket messages", "connected minutes"),
    "queues and topics": ("topic messages", "queue requests"),
    "files": ("file writes", "file reads"),
}
# Assumed for each run of a function: how long it takes, most of it waiting for AWS, and how much is logged: three lines
# of Lambda's own, and a line of half a KB for what was opened, added or sent, and for each set of metrics.
SECONDS, LOGGED_KB = 0.2, 2
MONTH_MINUTES = 30 * 24 * 60
# Lambda asks a queue by so many readers at once, and each question waits so long (seconds).
READERS, WAITS = 5, 20
_ROOT = Path(__file__).parents[2]
_RATE = re.compile(r"Schedule: rate\((\d+) (minute|hour|day)s?\)")
_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}


def dollars(uses: Mapping[str, float]) -> float:
    return sum(PRICES[name] * number for name, number in uses.items()) / 1_000_000


def of_runs(runs: Mapping[str, float]) -> dict[str, float]:
    """What these runs of functions use, each with its memory."""
    number = sum(runs.values())
    gigabytes = sum(n * FUNCTIONS[name].memory / 1024 for name, n in runs.items())
    return {"runs": number, "GB-seconds": SECONDS * gigabytes, "KB of log": LOGGED_KB * number}


def scheduled() -> list[float]:
    """How often a month each schedule of the template runs its function, the most frequent first."""
    template = (_ROOT / "resources.yaml").read_text(encoding="utf-8")
    return sorted((MONTH_MINUTES / (int(n) * _MINUTES[unit]) for n, unit in _RATE.findall(template)), reverse=True)


def polled() -> float:
    """How many requests a month Lambda makes to find the queues empty."""
    queues = (_ROOT / "app.py").read_text(encoding="utf-8").count("@app.on_sqs_message(")
    return queues * READERS * MONTH_MINUTES * 60 / WAITS


def secrets() -> int:
    return (_ROOT / "resources.yaml").read_text(encoding="utf-8").count("Type: AWS::SecretsManager::Secret")
