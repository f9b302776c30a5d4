"""LibreOffice without a desktop: how it reads a file that somebody opens."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

_SECONDS = 300
MISSING = "LibreOffice is not installed; on Debian: apt-get install libreoffice-calc-nogui"


def command() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def converted(file: Path, kind: str, folder: Path) -> Path:
    """The file after LibreOffice has opened it and saved it as `kind` ("csv", "fods")."""
    program = command()
    assert program, MISSING
    arguments = [program, "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile"]
    arguments += ["--convert-to", kind, "--outdir", str(folder / "converted"), str(file)]
    # The command starts other processes, which would outlive it.
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        try:
            said, _ = process.communicate(timeout=_SECONDS)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    made = folder / "converted" / file.with_suffix(f".{kind}").name
    assert process.returncode == 0, said
    assert made.exists(), said
    return made
