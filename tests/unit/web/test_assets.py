"""What pages load: the typeface by names that say what is in them, kept for ever; its licence with it; and what stands
in its place until it has come."""

import hashlib
import re
from pathlib import Path

import pytest

from tests.support.web.browsing import Browser

STATIC = Path("templates/static")
FONTS = [next(STATIC.glob(f"inter-{part}.*.woff2")) for part in ("latin", "latin-ext")]
STYLES = (STATIC / "fonts.css").read_text()
FACES = re.findall(r"@font-face \{(.+?)\}", STYLES, re.S)
# Inter's own heights, of its units to the em.
ASCENT, DESCENT, EM = 1984, 494, 2048


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.name)
def test_a_font_comes_whole_and_is_kept_for_ever(browser: Browser, font: Path) -> None:
    for accept in ("*/*", "application/font-woff2;q=1.0,application/font-woff;q=0.9,*/*;q=0.8"):
        answer = browser.get(f"/static/{font.name}", accept=accept)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "font/woff2"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.body == font.read_bytes()
    assert answer.body.startswith(b"wOF2")


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.name)
def test_its_name_says_what_is_in_it(font: Path) -> None:
    assert font.name.split(".")[1] == hashlib.sha256(font.read_bytes()).hexdigest()[:8]


def test_both_ranges_are_there_and_small() -> None:
    assert set(FONTS) == set(STATIC.glob("*.woff2"))
    assert sum(font.stat().st_size for font in FONTS) < 140_000


def test_styles_and_licence_are_not_kept_for_ever(browser: Browser) -> None:
    for name in ("fonts.css", "inter-license.txt", "desk.css"):
        assert browser.get(f"/static/{name}").headers["Cache-Control"] == "public, max-age=300"
    assert b"SIL OPEN FONT LICENSE Version 1.1" in browser.get("/static/inter-license.txt").body


def test_what_the_styles_and_pages_ask_for_is_there() -> None:
    named = set(re.findall(r'url\("(.+?)"\)', STYLES))
    assert named == {font.name for font in FONTS}
    preloaded = re.findall(r"static/(\S+\.woff2)", Path("templates/pages/_fonts.html").read_text())
    assert preloaded == [FONTS[0].name]


@pytest.mark.parametrize("path", ["/shops/northlight/contact", "/shops/kettle/policy", "/desk/login"])
def test_every_page_asks_for_it_at_once_and_may_load_it(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert f'<link rel="preload" href="/api/static/{FONTS[0].name}" as="font"'.encode() in answer.body
    assert b"crossorigin" in answer.body
    assert answer.body.index(b"fonts.css") < answer.body.index(b"desk.css" if "desk" in path else b"aftercare.css")
    assert "font-src 'self';" in answer.headers["Content-Security-Policy"]


def test_what_stands_in_its_place_is_as_high_as_it() -> None:
    stand_ins = [face for face in FACES if "size-adjust" in face]
    assert len(stand_ins) == 2
    for face in stand_ins:
        size, ascent, descent, gap = (float(value) for value in re.findall(r"(?:adjust|override): ([\d.]+)%", face))
        assert ascent == pytest.approx(100 * ASCENT / EM / (size / 100), abs=0.01)
        assert descent == pytest.approx(100 * DESCENT / EM / (size / 100), abs=0.01)
        assert gap == 0


@pytest.mark.parametrize("name", ["aftercare.css", "desk.css"])
def test_pages_and_desk_are_set_in_it_and_mails_are_not(name: str) -> None:
    assert 'Inter, "Inter Fallback", system-ui' in (STATIC / name).read_text()
    assert not [path for path in Path("templates/mail").rglob("*") if path.is_file() and "Inter" in path.read_text()]
