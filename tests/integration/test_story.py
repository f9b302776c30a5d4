"""The whole complaint procedure, run on the real package: `make story`, and the page that it writes."""

import subprocess
import sys
from pathlib import Path

from tests.support.stack.local_stack import PATIENCE

ROOT = Path(__file__).parent.parent.parent


def test_the_story_of_a_complaint_runs_and_the_docs_tell_it_unchanged(tmp_path: Path) -> None:
    book = tmp_path / "story.md"
    command = [sys.executable, "-m", "local", "story", "--book", str(book)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=6 * PATIENCE)
    assert told.returncode == 0, told.stderr
    assert "all as they should be" in told.stdout
    kept = (ROOT / "docs/story.md").read_text(encoding="utf-8")
    assert book.read_text(encoding="utf-8") == kept, "docs/story.md is no longer what happens: `make story` writes it"
