"""`python -m bench [SUBJECT …]`: run the named subjects, or all; print one table and write it as JSON into
.local/bench.json. The exit status is 1 if a figure is above its bound."""

import argparse
import sys
from itertools import chain

from bench import exports, handlers, mail, pages, policy, reconcile, start, store
from bench.help import published, searching
from bench.reporting import FOLDER, Subject, report
from bench.scale import page as scale
from bench.tickets import page

OUT = FOLDER / "bench.json"
SUBJECTS: dict[str, Subject] = {
    "cost": (page.FLOOR, page.figures),
    "scale": (scale.FLOOR, scale.figures),
    "handlers": (handlers.FLOOR, handlers.figures),
    "store": (store.FLOOR, store.figures),
    "exports": (exports.FLOOR, exports.figures),
    "mail": (mail.FLOOR, mail.figures),
    "help": (f"{searching.FLOOR}; {published.FLOOR}", lambda: chain(searching.figures(), published.figures())),
    "pages": (pages.FLOOR, pages.figures),
    "start": (start.FLOOR, start.figures),
    "policy": (policy.FLOOR, policy.figures),
    "reconcile": (reconcile.FLOOR, reconcile.figures),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="What Aftercare costs and how fast it is.")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"one of {', '.join(SUBJECTS)}; all when none")
    wanted = parser.parse_args().subjects or list(SUBJECTS)
    if unknown := [name for name in wanted if name not in SUBJECTS]:
        parser.error(f"there is no {', '.join(unknown)}: write one of {', '.join(SUBJECTS)}")
    return report({name: SUBJECTS[name] for name in wanted}, OUT)


if __name__ == "__main__":
    sys.exit(main())
