"""`make shots`: takes every page at phone and desktop width, in light and dark mode, on a running stack of its own."""

import sys
import tempfile
import time
from pathlib import Path

from local import testing
from local.console import line
from local.shots import chromium, conversations, orders, pages, week
from local.shots.camera import Camera
from local.shots.people import People
from local.story.stage import Stage, WentWrong


def main(out: Path, readme: Path | None, policy: Path) -> int:
    """Fill a stack and take its pictures. Returns 0 if every page is there, else 1 after a sentence. `readme`: the
    folder for the README's few pictures, if any."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="aftercare-shots-") as data:
        try:
            started = testing.start(Path(data), policy)
        except testing.NotReady as error:
            print(error, file=sys.stderr)
            return 1
        try:
            people = People(Stage(started), started)
            refs = week.live(people)
            orders.live(people)
            line(f"{len(refs)} tickets ({time.monotonic() - began:.0f} s)")
            with chromium.started() as browser:
                camera = Camera(browser, out, readme)
                pages.photograph(camera, people, refs)
                orders.photograph(camera, people)
                conversations.photograph(camera, people)
        except WentWrong as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            started.stop()
    for fault in camera.faults:
        print(fault, file=sys.stderr)
    line(f"{camera.taken} pictures in {out} ({time.monotonic() - began:.0f} s)")
    return 1 if camera.faults else 0
