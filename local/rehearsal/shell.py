"""Types commands as a person would: in a shell, answering what is asked."""

import os
import re
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

_ASKED = re.compile(rb"Type ([^\n]+) to go on: $")
_SECONDS = 400


class Failed(Exception):
    """A command ended with an error; the message has what it printed."""


def typed(commands: str, folder: Path, environment: Mapping[str, str], show: Callable[[str], None]) -> str:
    """What the commands print. Each question is answered with what it asks for. Raises Failed."""
    process = subprocess.Popen(
        ["/bin/sh", "-eu", "-c", commands],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdin is not None and process.stdout is not None
    too_long = threading.Timer(_SECONDS, process.kill)
    too_long.start()
    output, shown = b"", 0
    try:
        while piece := os.read(process.stdout.fileno(), 65536):
            output += piece
            if asked := _ASKED.search(output):
                process.stdin.write(asked[1] + b"\n")
                process.stdin.flush()
                output += asked[1] + b"\n"
            *lines, _ = output[shown:].split(b"\n")
            for line in lines:
                show(line.decode("utf-8", "replace"))
            shown += sum(len(line) + 1 for line in lines)
        status = process.wait()
    finally:
        too_long.cancel()
        process.stdin.close()
        process.stdout.close()
    text = output.decode("utf-8", "replace")
    if status:
        raise Failed(f"This ended with {status}:\n{commands}\n{text}")
    return text
