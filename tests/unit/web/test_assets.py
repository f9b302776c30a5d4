"""Assets that pages load: the typeface has names with a digest and is cached forever, its licence is served with it,
and the fallback font has the same height."""

import hashlib
import re
from pathlib import Path

import pytest

from tests.support.web.browsing import Browser

STATIC = Path("templates/static")
FONTS = [next(STATIC.glob(f"inter-{part}.*.woff2")) for part in ("latin", "latin-ext")]
STYLES = (STATIC / "fonts.css").read_text()
FACES = re.findall(r"@font-face \{(.+?)\}", STYLES, re.S)
# Inter's own metrics, in its units per em.
ASCENT, DESCENT, EM = 1984, 494, 2048


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.name)
def test_a_font_is_served_complete_and_cached_forever(browser: Browser, font: Path) -> None:
    for accept in ("*/*", "application/font-woff2;q=1.0,application/font-woff;q=0.9,*/*;q=0.8"):
        answer = browser.get(f"/static/{font.name}", accept=accept)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "font/woff2"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.body == font.read_bytes()
    assert answer.body.startswith(b"wOF2")


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.name)
def test_a_fonts_name_contains_its_digest(font: Path) -> None:
    assert font.name.split(".")[1] == hashlib.sha256(font.read_bytes()).hexdigest()[:8]


def test_both_ranges_exist_and_are_small() -> None:
    assert set(FONTS) == set(STATIC.glob("*.woff2"))
    assert sum(font.stat().st_size for font in FONTS) < 140_000


def test_styles_and_licence_are_not_cached_forever(browser: Browser) -> None:
    for name in ("fonts.css", "inter-license.txt", "desk.css"):
        assert browser.get(f"/static/{name}").headers["Cache-Control"] == "public, max-age=300"
    assert b"SIL OPEN FONT LICENSE Version 1.1" in browser.get("/static/inter-license.txt").body


def test_files_that_styles_and_pages_request_exist() -> None:
    named = set(re.findall(r'url\("(.+?)"\)', STYLES))
    assert named == {font.name for font in FONTS}
    preloaded = re.findall(r"static/(\S+\.woff2)", Path("templates/pages/_fonts.html").read_text())
    assert preloaded == [FONTS[0].name]


@pytest.mark.parametrize("path", ["/shops/northlight/contact", "/shops/kettle/policy", "/desk/login"])
def test_every_page_preloads_the_font_and_may_load_it(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert f'<link rel="preload" href="/api/static/{FONTS[0].name}" as="font"'.encode() in answer.body
    assert b"crossorigin" in answer.body
    assert answer.body.index(b"fonts.css") < answer.body.index(b"desk.css" if "desk" in path else b"aftercare.css")
    assert "font-src 'self';" in answer.headers["Content-Security-Policy"]


def test_the_fallback_font_has_the_same_height() -> None:
    stand_ins = [face for face in FACES if "size-adjust" in face]
    assert len(stand_ins) == 2
    for face in stand_ins:
        size, ascent, descent, gap = (float(value) for value in re.findall(r"(?:adjust|override): ([\d.]+)%", face))
        assert ascent == pytest.approx(100 * ASCENT / EM / (size / 100), abs=0.01)
        assert descent == pytest.approx(100 * DESCENT / EM / (size / 100), abs=0.01)
        assert gap == 0


@pytest.mark.parametrize("name", ["aftercare.css", "desk.css"])
def test_pages_and_desk_use_the_font_and_mails_do_not(name: str) -> None:
    assert 'Inter, "Inter Fallback", system-ui' in (STATIC / name).read_text()
    assert not [path for path in Path("templates/mail").rglob("*") if path.is_file() and "Inter" in path.read_text()]
