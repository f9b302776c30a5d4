"""Coverage-guided fuzzing of the mail parser with atheris; not part of the test run. `make fuzz` runs it in its own
environment, with libFuzzer's options; a crash saves its input."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

with atheris.instrument_imports(include=["chalicelib.mail"]):
    from tests.unit.mail import sound


def one_mail(data: bytes) -> None:
    """Any bytes can be read, no step of reading fails, and the result can be stored."""
    sound.check(data)


def main() -> None:
    """Fuzz until stopped by libFuzzer's options."""
    atheris.Setup(sys.argv, one_mail)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
