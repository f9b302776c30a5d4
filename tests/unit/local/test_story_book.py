"""The story's pages show the same from run to run."""

import re
from pathlib import Path

from local.story.book import alike

LINKS = sorted(
    set(re.findall(r'"(/[^"]*\{token\}[^"]*)"', Path("chalicelib/web/paths.py").read_text(encoding="utf-8")))
)
SAMPLES = ((8000, "1WyJPLTNFRUU2L.dWojM5cMyz8W4_Mt8"), (8123, "1WyJPLVlRS1g4L.KPjttlOTMPPnEx~x-A"))


def test_no_link_shows_its_token() -> None:
    assert len(LINKS) > 10
    for path in LINKS:
        one, other = (alike(f"http://127.0.0.1:{port}{path.replace('{token}', token)}") for port, token in SAMPLES)
        assert one == other, path
