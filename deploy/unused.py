"""Finds code that nothing uses, with vulture. What pages, mails and words read counts as used; what only tests use does
not.
`make check` runs it (decision 148)."""

import re
import sys
from collections.abc import Iterable, Set
from pathlib import Path

import vulture

ROOT = Path(__file__).resolve().parent.parent
LOOKED_AT = ("app.py", "bench", "chalicelib", "deploy")
# Called by Chalice (by the decorator) and by the standard library's servers (by name), not by our code.
CALLED = {"@app.*"}
NAMED = {
    "do_*", "handle_*", "log_*", "daemon_threads", "disable_nagle_algorithm", "protocol_version", "wbufsize",
    "event_converter", "line_length_limit", "__bases__", "compress_type", "external_attr", "filters", "globals",
}  # fmt: skip
# Names that no line of code reads, but that are kept on purpose.
KEPT = {
    "anonymised", "done_by",  # stored with the action
    "healthy", "kept_until", "on_hold", "well",  # answered at the console
    "PARTLY", "POOR", "FAIR", "VERY_GOOD",  # answers on the feedback form, by their values
    "LAW", "PERSON_NAMED", "OFF_TOPIC",  # reasons on a form of the desk, by their values
    "decided_at",  # stored with the publication
    "ORDERING", "RETURNS", "FAULTS", "PAYMENT", "PRODUCTS", "DATA",  # sections, named by articles
    "every_kind",  # read earlier from the same table
    "HolidayBase",  # a type
    "inline",  # shown by local/parse_mail.py
    "pids",  # for tests that kill workers
    "brought_back", "to_correct", "without_files",  # printed by their names
}  # fmt: skip
_READ = re.compile(r"\.([a-z_]+)\b")
_VIEW = re.compile(r'"[a-z_.]+\.([a-z_]+)"')


def read_by_templates() -> set[str]:
    files = (path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt"))
    return {name for path in files for name in _READ.findall(path.read_text(encoding="utf-8"))}


def views() -> set[str]:
    """The web's table of paths names them."""
    return set(_VIEW.findall((ROOT / "chalicelib/web/paths.py").read_text(encoding="utf-8")))


def unused(paths: Iterable[Path]) -> dict[str, str]:
    """Each unused name, with a sentence that says where it is."""
    found = vulture.Vulture(
        ignore_names=sorted(NAMED | read_by_templates() | views()), ignore_decorators=sorted(CALLED)
    )
    found.scavenge(list(paths))
    return {each.name: each.get_report() for each in found.get_unused_code(min_confidence=60)}


def everywhere(root: Path) -> dict[str, str]:
    """What is unused in the project at `root`, looked at with local/ and without: vulture knows names and not what they
    belong to, so a method of local/ hides one of the same name in chalicelib/."""
    paths = [root / name for name in LOOKED_AT]
    return unused([*paths, root / "local"]) | unused(paths)


def complaints(found: dict[str, str], kept: Set[str]) -> list[str]:
    """Names that are unused but not in `kept`, and names in `kept` that are used."""
    reports = [report for name, report in found.items() if name not in kept]
    return reports + [f"deploy/unused.py: {name} is used, or gone" for name in sorted(kept - found.keys())]


def main() -> int:
    reports = complaints(everywhere(ROOT), KEPT)
    print(*reports, sep="\n", end="\n" if reports else "")
    return 1 if reports else 0


if __name__ == "__main__":
    sys.exit(main())
