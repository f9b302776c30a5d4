"""Writes the fixture of a release, using that release: `python -m tests.support.releases tests/fixtures/<version>`."""

import sys
from pathlib import Path

from tests.support.releases.writing import write

if __name__ == "__main__":
    write(Path(sys.argv[1]))
