"""The Python that has the embedded AWS, as local.testing takes it."""

import os
from pathlib import Path

EMULATOR_PYTHON = Path(os.environ.get("EMULATOR_PYTHON", ".venv-aws/bin/python")).absolute()
