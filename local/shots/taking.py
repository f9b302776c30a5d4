"""`make shots`: every page as it looks on a phone and on a desk, by day and by night, on a running stack of its own."""

import sys
import tempfile
import time
from pathlib import Path

from local import testing
from local.console import line
from local.shots import chromium, pages, week
from local.shots.camera import Camera
from local.shots.people import People
from local.story.stage import Stage, WentWrong


def main(out: Path, readme: Path | None, policy: Path) -> int:
    """Fills a stack and photographs it: 0 when every page is there, else 1 with a sentence. `readme`: where the few
    pictures of the README go, if anywhere."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="aftercare-shots-") as data:
        try:
            started = testing.start(Path(data), policy)
        except testing.NotReady as error:
            print(error, file=sys.stderr)
            return 1
        try:
            people = People(Stage(started), started.stack)
            refs = week.live(people)
            line(f"{len(refs)} tickets ({time.monotonic() - began:.0f} s)")
            with chromium.started() as browser:
                camera = Camera(browser, out, readme)
                pages.photograph(camera, people, refs)
        except WentWrong as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            started.stop()
    for fault in camera.faults:
        print(fault, file=sys.stderr)
    line(f"{camera.taken} pictures in {out} ({time.monotonic() - began:.0f} s)")
    return 1 if camera.faults else 0
