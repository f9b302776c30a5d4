"""What a shop writes for its help ships with the policy's values; a mistake fails packaging with its line."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib.external.help_files import HelpFiles
from chalicelib.rendering import durations
from chalicelib.rules.policy.model import Policy
from chalicelib.rules.policy.reading import read
from deploy.documents.front_matter import DocumentMistakes
from deploy.help import packing
from tests.support import shipped, shops
from tests.support.web import help_centre

LATE = "northlight/en/late-parcel.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The help of tests, as it is written."""
    return Path(shutil.copytree(shops.HELP, tmp_path / "help"))


def edit(file: Path, change: Callable[[str], str]) -> None:
    before = file.read_text(encoding="utf-8")
    file.write_text(change(before), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != before


def packed(folder: Path, policy: Policy | None = None) -> Path:
    target = folder.parent / "packed"
    packing.pack(folder, target, policy or shops.policy())
    return target


def test_an_article_says_what_the_policy_says(folder: Path) -> None:
    text = shops.FILE.read_text(encoding="utf-8")
    before = HelpFiles(packed(folder)).text("northlight", "en", "late-parcel")
    promised = shops.policy().shop("northlight").kinds["question"].first_answer
    assert promised
    assert f"We answer a question {durations.within(promised, 'en')}." in before
    stated = r"(\[defaults\.kinds\.question\][^[]*first_answer = )\"[^\"]*\""
    changed, number = re.subn(stated, r'\1"3 working days"', text)
    assert number == 1
    after = HelpFiles(packed(folder, read(changed)))
    assert "We answer a question within 3 working days." in after.text("northlight", "en", "late-parcel")
    assert "within 3 working days" in after.html("northlight", "en", "late-parcel")
    assert "innerhalb von 3 Arbeitstagen" in after.text("northlight", "de", "late-parcel")


def test_the_same_sources_give_the_same_bytes(folder: Path) -> None:
    one, other = packed(folder), folder.parent / "other"
    packing.pack(Path(shutil.copytree(folder, folder.parent / "copied")), other, shops.policy())
    files = sorted(file.relative_to(one) for file in one.rglob("*.*"))
    assert files == sorted(file.relative_to(other) for file in other.rglob("*.*"))
    assert [(one / file).read_bytes() for file in files] == [(other / file).read_bytes() for file in files]


def test_an_article_is_listed_with_its_answer() -> None:
    listed = {each.slug: each for each in HelpFiles(help_centre.built()).articles("northlight", "en")}
    assert sorted(listed) == ["bulbs", "late-parcel", "returning"]
    assert listed["late-parcel"].lead.startswith("Tell us, and we ask the courier.")
    assert listed["bulbs"].about("AUR-7")
    assert not listed["late-parcel"].about("AUR-7")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('"question", "first', '"questions", "first'), "line 9: 'questions' is not known"),
        (lambda text: text.replace("promise(", "promised("), "line 9: 'promised' is undefined"),
        (lambda text: text.replace("page:help/returning", "page:help/returned"), "line 13: page:help/returned leads"),
        (lambda text: text.replace('"late"', '"tardy"'), "line 4: tardy is not known: the topics are"),
        (lambda text: text.replace('"question", "complaint"', '"query"'), "line 5: query is not known: the kinds are"),
        (lambda text: text.replace('"delivery"', '"parcels"'), "line 3: section does not fit"),
        (lambda text: text.replace("reviewed = 2026-11-20\n", ""), "reviewed is missing"),
        (lambda text: text.replace("keywords", "words"), "line 6: words is not known"),
        (lambda text: text.replace('["late"]', "[1]"), "line 4: topics does not fit"),
        (lambda text: text.replace("keywords", "asked = [1]\nkeywords"), "line 6: asked does not fit"),
        (lambda text: text.replace("[Tell us]", "## First\n\n[Tell us]"), "line 9: begin with a paragraph"),
        (lambda text: text + "\n# Again\n", "line 9: begin with a paragraph"),
        (lambda text: text + "x" * 100_000, "100000 are allowed"),
    ],
)
def test_a_mistake_is_told_with_its_line(folder: Path, change: Callable[[str], str], said: str) -> None:
    edit(folder / LATE, change)
    with pytest.raises(DocumentMistakes) as found:
        packed(folder)
    assert f"{LATE}" in str(found.value)
    assert said in str(found.value)


def test_each_article_is_written_in_each_language(folder: Path) -> None:
    (folder / "northlight/de/bulbs.md").unlink()
    with pytest.raises(DocumentMistakes, match=r"northlight/de/bulbs\.md: is missing"):
        packed(folder)


@pytest.mark.parametrize("name", ["search", "suggest", "Bulbs", "a--b", "bulbs_2"])
def test_a_name_that_no_address_can_have_is_refused(folder: Path, name: str) -> None:
    for language in ("en", "de"):
        (folder / f"northlight/{language}/bulbs.md").rename(folder / f"northlight/{language}/{name}.md")
    with pytest.raises(DocumentMistakes, match="name it with small letters"):
        packed(folder)


def test_a_folder_of_another_language_is_refused(folder: Path) -> None:
    (folder / "northlight/fr").mkdir()
    with pytest.raises(DocumentMistakes, match="has no such language"):
        packed(folder)


@pytest.mark.parametrize("written", ['same = ["late"]', "elsewhere = [1]", 'other = ["late"]'])
def test_synonyms_have_one_form(folder: Path, written: str) -> None:
    (folder / "synonyms.en.toml").write_text(written, encoding="utf-8")
    with pytest.raises(DocumentMistakes, match=r"synonyms\.en\.toml: write stop"):
        packed(folder)


def test_what_ships_can_be_packed() -> None:
    """Each shop's articles, whatever the shop has written."""
    files = HelpFiles(help_centre.as_it_ships())
    for source in shipped.HELP.glob("*/*/*.md"):
        shop, language = source.parts[-3:-1]
        assert source.stem in {each.slug for each in files.articles(shop, language)}
        assert "{{" not in files.text(shop, language, source.stem)
