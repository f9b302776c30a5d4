"""Code that nothing uses, by vulture; what pages, mails and words read counts as used, what only tests use does not.
`make check` runs it (decision 148)."""

import re
import sys
from collections.abc import Iterable, Set
from pathlib import Path

import vulture

ROOT = Path(__file__).resolve().parent.parent
LOOKED_AT = ("app.py", "bench", "chalicelib", "deploy", "local")
# Who calls these is no code of ours: Chalice, by the decorators, and the standard library's servers, by their names.
CALLED = {"@app.*", "@routes.*"}
NAMED = {
    "do_*", "handle_*", "log_*", "daemon_threads", "disable_nagle_algorithm", "protocol_version", "wbufsize",
    "event_converter", "line_length_limit", "__bases__", "compress_type", "external_attr", "filters", "globals",
}  # fmt: skip
# Kept, or taken, though no line reads them.
KEPT = {
    "GOODWILL",  # a remedy, chosen by its value
    "anonymised", "done_by",  # stored with what was done
    "healthy", "kept_until", "on_hold", "well",  # answered at the console
    "every_kind",  # read before, of the same table
    "HolidayBase",  # a type
    "pids",  # for tests that kill workers
    "read_units", "write_units",  # printed by their names
}  # fmt: skip
_READ = re.compile(r"\.([a-z_]+)\b")


def read_by_templates() -> set[str]:
    files = (path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt"))
    return {name for path in files for name in _READ.findall(path.read_text(encoding="utf-8"))}


def unused(paths: Iterable[Path]) -> dict[str, str]:
    """Each name that nothing uses, with a sentence that says where it is."""
    found = vulture.Vulture(ignore_names=sorted(NAMED | read_by_templates()), ignore_decorators=sorted(CALLED))
    found.scavenge(list(paths))
    return {each.name: each.get_report() for each in found.get_unused_code(min_confidence=60)}


def complaints(found: dict[str, str], kept: Set[str]) -> list[str]:
    """What is unused and not meant to be, and what is meant to be and is not."""
    told = [report for name, report in found.items() if name not in kept]
    return told + [f"deploy/unused.py: {name} is used, or gone" for name in sorted(kept - found.keys())]


def main() -> int:
    told = complaints(unused(ROOT / name for name in LOOKED_AT), KEPT)
    print(*told, sep="\n", end="\n" if told else "")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
