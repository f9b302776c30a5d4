"""Pictures: as they were looked at (golden files), readable without colours, named for who does not see them, and never
without their table."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from chalicelib.contrast import ENOUGH, contrast
from chalicelib.rendering.charts import style
from chalicelib.rendering.charts.bars import WIDTH, Bars, Part, lying, upright
from chalicelib.rendering.charts.grid import Grid, grid
from chalicelib.rendering.charts.style import COLOURS, GROUND, INK, QUIET, Pattern
from chalicelib.rendering.pages import TEMPLATES

GOLDEN = Path(__file__).parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"
_GRAPHIC = 3.0  # WCAG 2.2, 1.4.11
KEPT = Part("kept", Pattern.SOLID, (12, 9, 0, 14))
MISSED = Part("missed", Pattern.STRIPES, (1, 4, 0, 0))
WEEKS = ("2 Nov", "9 Nov", "16 Nov", "23 Nov")
BARS = Bars("promises", "Most were kept", "A bar for each week", WEEKS, (KEPT, MISSED), ("92 %", "69 %", "", "100 %"))
PARETO = Bars(
    "causes", "Two causes make 80 per cent", "A bar for each cause",
    ("It arrived damaged · The courier", "It is late", "A cause with a name that is much too long for its place"),
    (Part("", Pattern.SOLID, (50, 30, 20)),), ("50", "30", "20"), (0.5, 0.8, 1.0), 100.0,
)  # fmt: skip
WEEK = Grid(
    "hours", "Half came when nobody was there", "Each hour of a week", ("Monday", "Tuesday"), ("08", "09", "10"),
    ((1, 0, 12), (0, 3, 0)), ((True, False, False), (True, True, False)), ("nobody", "somebody"),
)  # fmt: skip
DRAWN = {"upright": upright(BARS), "lying": lying(BARS), "pareto": lying(PARETO), "grid": grid(WEEK)}
SHOWN = re.compile(r"{{\s*(\w+)\.svg\b")
WITH_PICTURES = [p for p in sorted(TEMPLATES.rglob("*.html")) if SHOWN.search(p.read_text(encoding="utf-8"))]


def shapes(svg: Markup) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter())


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_as_it_was_looked_at(name: str) -> None:
    """To change one: look at it, then store what this test shows in tests/unit/rendering/charts/golden."""
    assert f"{DRAWN[name]}\n" == (GOLDEN / f"{name}.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_named_and_described(name: str) -> None:
    svg, by_id = ET.fromstring(DRAWN[name]), {each.get("id"): each for each in shapes(DRAWN[name])}
    assert svg.get("role") == "img"
    titles = (svg.get("aria-labelledby") or "").split()
    assert [by_id[id].tag for id in titles] == [f"{SVG}title", f"{SVG}desc"]
    assert all(by_id[id].text for id in titles)


@pytest.mark.parametrize("name", DRAWN)
def test_every_colour_can_be_seen_and_every_text_read(name: str) -> None:
    for shape in shapes(DRAWN[name]):
        colour = shape.get("fill") or ""
        if shape.tag == f"{SVG}text":
            assert contrast(colour, GROUND) >= ENOUGH
        elif colour.startswith("url("):
            pattern = Pattern(colour.rpartition("-")[2].rstrip(")"))
            assert contrast(COLOURS[pattern], GROUND) >= _GRAPHIC
            assert contrast(shape.get("stroke") or "", GROUND) >= _GRAPHIC


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_is_said_by_colour_alone(name: str) -> None:
    """Each filled part has a pattern that is drawn in this picture, and no two patterns are drawn alike."""
    ids = {each.get("id") for each in shapes(DRAWN[name]) if each.tag == f"{SVG}pattern"}
    fills = {each.get("fill") or "" for each in shapes(DRAWN[name]) if each.tag == f"{SVG}rect"}
    assert {fill[5:-1] for fill in fills if fill.startswith("url(")} <= ids
    assert {fill for fill in fills if not fill.startswith("url(")} <= {GROUND, *COLOURS.values()}
    drawings = [re.sub(r"#[0-9a-f]{6}", "", style.patterns("x", [each])).replace(each, "") for each in Pattern]
    assert all(one != other for one, other in combinations(drawings, 2))


def test_colours_of_texts() -> None:
    assert min(contrast(colour, GROUND) for colour in (INK, QUIET)) >= ENOUGH


def test_two_parts_of_one_picture_never_share_a_pattern() -> None:
    assert len({part.pattern for part in BARS.parts}) == len(BARS.parts)


@pytest.mark.parametrize("path", WITH_PICTURES, ids=[path.name for path in WITH_PICTURES])
def test_no_picture_without_its_table(path: Path) -> None:
    """Where a template shows a picture, the same macro or block shows the table of the same thing after it."""
    blocks = re.split(r"{%\s*(?:end)?(?:macro|block)\b[^%]*%}", path.read_text(encoding="utf-8"))
    for block in blocks:
        for shown in SHOWN.findall(block):
            after = block.split(f"{shown}.svg", 1)[1]
            assert f"tabled({shown})" in after, f"{path.name} shows {shown} without its table"
    assert "<table" in "".join(blocks)


def test_the_walk_finds_every_picture() -> None:
    """Pictures come from one place only: no template draws one by itself."""
    assert [path.name for path in WITH_PICTURES] == ["_reports.html"]
    assert not [p.name for p in TEMPLATES.rglob("*.html") if "<svg" in p.read_text(encoding="utf-8")]


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)


@given(st.lists(st.tuples(names, st.integers(0, 10**6), st.integers(0, 10**6)), max_size=60), names, st.booleans())
def test_any_numbers_and_names_make_a_sound_picture(rows: list[tuple[str, int, int]], title: str, up: bool) -> None:
    first, second = tuple(row[1] for row in rows), tuple(row[2] for row in rows)
    parts = (Part("a", Pattern.SOLID, first), Part("b", Pattern.DOTS, second))
    bars = Bars("any", title, "d", tuple(row[0] for row in rows), parts, tuple(str(row[1]) for row in rows))
    for shape in shapes(upright(bars) if up else lying(bars)):
        if shape.tag == f"{SVG}rect" and shape.get("x"):
            x, width = float(shape.get("x") or 0), float(shape.get("width") or 0)
            assert 0 <= x <= x + width <= WIDTH + 0.2


def test_hostile_names_stay_texts() -> None:
    evil = '"><script>alert(1)</script>'
    bars = Bars("evil", evil, evil, (evil,), (Part(evil, Pattern.SOLID, (1,)),), (evil,))
    for svg in (upright(bars), lying(bars)):
        assert "<script" not in svg
        ET.fromstring(svg)
