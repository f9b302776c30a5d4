"""Coverage-guided fuzzing of the mail parser with atheris; not part of the test run.
`make fuzz` runs it in an environment of its own, with libFuzzer's options; a crash leaves its input behind."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

with atheris.instrument_imports(include=["chalicelib.mail"]):
    from chalicelib.mail.reading import read


def one_mail(data: bytes) -> None:
    """What must hold of any bytes: they are read, no step of the reading failed, and no words were lost."""
    found = read(data)
    failed = [defect for defect in found.defects if "could not be read" in defect]
    if failed:
        raise AssertionError(failed)
    if found.text.strip() and not found.reply.strip():
        raise AssertionError("stripped to nothing")


def main() -> None:
    """Fuzzes until told to stop, by libFuzzer's own options."""
    atheris.Setup(sys.argv, one_mail)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
