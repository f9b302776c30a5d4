"""A complaint and an order from beginning to end, run on the real package: `make story`, and the pages that it
writes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.stack.local_stack import PATIENCE

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("only", "option", "page"), [("complaint", "--book", "story.md"), ("order", "--order-book", "story-order.md")]
)
def test_the_story_runs_and_the_docs_tell_it_unchanged(tmp_path: Path, only: str, option: str, page: str) -> None:
    book = tmp_path / page
    command = [sys.executable, "-m", "local", "story", "--only", only, option, str(book)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=6 * PATIENCE)
    assert told.returncode == 0, told.stderr
    assert "all as they should be" in told.stdout
    kept = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert book.read_text(encoding="utf-8") == kept, f"docs/{page} is no longer what happens: `make story` writes it"
