"""Documents are published once, and packaging refuses what says something else since."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib.external.document_files import INDEX, DocumentFiles
from chalicelib.rendering import durations
from chalicelib.rules.documents.published import digest
from chalicelib.rules.policy.model import Policy
from chalicelib.rules.policy.reading import read
from deploy.documents import names, publishing, rendering
from deploy.documents.front_matter import DocumentMistakes
from tests.support import shops

TERMS = """+++
version = 2026-11-01
in_force = 2026-11-01
+++
# Terms

We resolve a complaint {{ promise("complaint", "resolve") | within }}.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The documents of tests, as they are published."""
    return Path(shutil.copytree(shops.DOCUMENTS, tmp_path / "policies"))


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A folder with one document of the second shop, not yet published."""
    (tmp_path / "policies/kettle").mkdir(parents=True)
    (tmp_path / "policies/kettle/terms.en.md").write_text(TERMS, encoding="utf-8")
    return tmp_path / "policies"


def edit(file: Path, change: Callable[[str], str]) -> None:
    before = file.read_text(encoding="utf-8")
    file.write_text(change(before), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != before


def quicker() -> Policy:
    """The policy with another time for complaints."""
    text = shops.FILE.read_text(encoding="utf-8")
    assert 'first_answer = "2 working days"' in text
    return read(text.replace('first_answer = "2 working days"', 'first_answer = "1 working day"'))


def refused(folder: Path, policy: Policy | None = None) -> str:
    with pytest.raises(DocumentMistakes) as found:
        publishing.check(folder, policy or shops.policy())
    return str(found.value)


def test_the_documents_of_tests_are_published(folder: Path) -> None:
    publishing.check(folder, shops.policy())
    assert publishing.publish(folder, shops.policy()) == []
    for file in shops.DOCUMENTS.rglob("*.*"):
        assert (folder / file.relative_to(shops.DOCUMENTS)).read_bytes() == file.read_bytes()


class TestPublishing:
    def test_a_new_document_is_frozen_with_the_policys_numbers(self, new: Path) -> None:
        assert "not published" in refused(new)
        assert publishing.publish(new, shops.policy()) == [
            "Kettle & Co: terms, version 2026-11-01, in force from 2026-11-01"
        ]
        publishing.check(new, shops.policy())
        documents = DocumentFiles(new)
        (version,) = documents.versions("kettle")
        resolve = shops.policy().shop("kettle").kinds["complaint"].resolve
        assert resolve
        assert documents.text("kettle", version, "en") == (
            f"# Terms\n\nWe resolve a complaint {durations.within(resolve, 'en')}.\n"
        )
        assert version.editions["en"].sha256 == digest(documents.text("kettle", version, "en"))
        assert documents.html("kettle", version, "en").startswith("<h1>Terms</h1>")

    def test_a_version_that_replaces_another_leaves_its_text(self, new: Path) -> None:
        publishing.publish(new, shops.policy())
        kept = (new / "kettle/published/terms/2026-11-01.en.md").read_bytes()
        edit(
            new / "kettle/terms.en.md",
            lambda text: (
                text.replace("2026-11-01", "2026-12-01")
                .replace("\n+++\n#", "\nreplaces = 2026-11-01\n+++\n#")
                .replace("We resolve", "We always resolve")
            ),
        )
        publishing.publish(new, shops.policy())
        publishing.check(new, shops.policy())
        assert (new / "kettle/published/terms/2026-11-01.en.md").read_bytes() == kept
        assert [str(each.version) for each in DocumentFiles(new).versions("kettle")] == ["2026-11-01", "2026-12-01"]

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda text: text.replace("2026-11-01", "2026-12-01"), "must have replaces = 2026-11-01"),
            (
                lambda text: text.replace("2026-11-01", "2026-10-01").replace(
                    "\n+++\n#", "\nreplaces = 2026-11-01\n+++\n#"
                ),
                "must come after those of 2026-11-01",
            ),
        ],
    )
    def test_versions_follow_each_other(self, new: Path, change: Callable[[str], str], said: str) -> None:
        publishing.publish(new, shops.policy())
        edit(new / "kettle/terms.en.md", change)
        with pytest.raises(DocumentMistakes, match=said):
            publishing.publish(new, shops.policy())

    def test_a_first_version_replaces_nothing(self, new: Path) -> None:
        edit(new / "kettle/terms.en.md", lambda text: text.replace("\n+++\n#", "\nreplaces = 2026-01-01\n+++\n#"))
        with pytest.raises(DocumentMistakes, match="it is the first version"):
            publishing.publish(new, shops.policy())

    def test_a_review_is_recorded_also_after_publication(self, new: Path) -> None:
        publishing.publish(new, shops.policy())
        edit(
            new / "kettle/terms.en.md",
            lambda text: text.replace("\n+++\n#", '\nreviewed = { by = "A. Lawyer", on = 2026-11-02 }\n+++\n#'),
        )
        assert "review or languages are not recorded" in refused(new)
        assert publishing.publish(new, shops.policy()) == []
        publishing.check(new, shops.policy())
        review = json.loads((new / "kettle" / INDEX).read_text())["terms"][0]["editions"]["en"]["reviewed"]
        assert review == {"by": "A. Lawyer", "on": "2026-11-02"}

    def test_a_language_that_a_shop_adds_later_is_published_too(self, folder: Path) -> None:
        for name in ("returns.de.md", "published/returns/2026-02-01.de.md", "published/returns/2026-02-01.de.html"):
            (folder / "northlight" / name).rename(folder / "northlight" / f"{name}.later")
        for file in (folder / "northlight").rglob("*.later"):
            if "published" in file.parts:
                file.unlink()
        index = json.loads((folder / "northlight" / INDEX).read_text())
        del index["returns"][0]["editions"]["de"]
        (folder / "northlight" / INDEX).write_text(json.dumps(index))
        (folder / "northlight/returns.de.md.later").rename(folder / "northlight/returns.de.md")
        publishing.publish(folder, shops.policy())
        publishing.check(folder, shops.policy())


class TestWhatWasPublishedStands:
    def test_a_changed_policy_needs_a_new_version(self, folder: Path) -> None:
        said = refused(folder, quicker())
        assert "terms.en.md: this file, or policy.toml, has changed what version 2026-11-01 says" in said
        assert "within 2 working days" in said
        assert "within 1 working day" in said
        assert "replaces = 2026-11-01" in said
        with pytest.raises(DocumentMistakes):
            publishing.publish(folder, quicker())

    def test_a_new_version_states_what_the_policy_promises_now(self, folder: Path) -> None:
        for language in ("en", "de"):
            edit(
                folder / f"northlight/terms.{language}.md",
                lambda text: (
                    text.replace("replaces = 2026-02-01", "replaces = 2026-11-01")
                    .replace("version = 2026-11-01", "version = 2027-01-01")
                    .replace("in_force = 2026-11-01", "in_force = 2027-01-01")
                ),
            )
        publishing.publish(folder, quicker())
        publishing.check(folder, quicker())
        newest = DocumentFiles(folder).versions("northlight")[2]
        assert "within 1 working day" in DocumentFiles(folder).text("northlight", newest, "en")

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("terms.en.md", "has changed what version 2026-11-01 says"),
            ("published/terms/2026-02-01.en.md", "was published and is now another text"),
            ("published/terms/2026-11-01.de.html", "does not show the text beside it"),
        ],
    )
    def test_a_changed_file_is_refused(self, folder: Path, name: str, said: str) -> None:
        edit(folder / "northlight" / name, lambda text: text.replace("lamps", "kettles").replace("Lampen", "Kessel"))
        assert said in refused(folder)

    @pytest.mark.parametrize("name", ["published/terms/2026-02-01.en.md", "terms.de.md"])
    def test_a_missing_file_is_refused(self, folder: Path, name: str) -> None:
        (folder / "northlight" / name).unlink()
        assert "is missing" in refused(folder)

    def test_a_document_that_is_gone_is_refused(self, folder: Path) -> None:
        for language in ("en", "de"):
            (folder / f"northlight/returns.{language}.md").unlink()
        assert "is missing, but was published" in refused(folder)

    def test_a_file_that_no_version_names_is_refused(self, folder: Path) -> None:
        (folder / "northlight/published/terms/2020-01-01.en.md").write_text("# Terms\n")
        assert "does not name it" in refused(folder)

    def test_a_published_day_is_not_moved(self, folder: Path) -> None:
        for language in ("en", "de"):
            edit(
                folder / f"northlight/terms.{language}.md",
                lambda text: text.replace("in_force = 2026-11-01", "in_force = 2026-11-02"),
            )
        assert "in_force and replaces of version 2026-11-01 are published" in refused(folder)


class TestSources:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda text: text.replace("+++\n", "", 1), "line 1: begin with a line"),
            (lambda text: text.replace("in_force = 2026-11-01\n", ""), "in_force is missing"),
            (lambda text: text.replace("2026-11-01", '"2026-11-01"', 1), "line 2: version does not fit"),
            (lambda text: text.replace("in_force", "inforce", 1), "line 3: inforce is not known"),
            (lambda text: text.replace("in_force =", "reviewed = { by = 1 }\nin_force =", 1), "reviewed does not fit"),
            (lambda text: text.replace("version = ", "version = = ", 1), "no valid TOML"),
            (lambda text: text.replace("promise(", "promises("), "line 7: 'promises' is undefined"),
            (lambda text: text.replace('"resolve"', '"resolved"'), "line 7: 'resolved' is not known"),
            (lambda text: text.replace('"complaint"', '"complain"'), "line 7: 'complain' is not known"),
            (lambda text: text.replace("within }}", "within }"), "line 7: "),
            (lambda text: text + "\n{{ fax }}\n", "line 9: policy.toml does not state this"),
            (lambda text: text + '\n{{ guarantee("commercial") }}\n', "line 9: policy.toml states no commercial"),
            (lambda text: text + "\n{{ shop.__class__ }}\n", "line 9: "),
            (lambda text: text.replace("# Terms", "Terms"), "line 5: begin with the title"),
            (lambda text: text + "\n# Again\n", "write no other line"),
            (lambda text: text + "\n[Here](page:desk)\n", "page:desk leads nowhere"),
        ],
    )
    def test_a_mistake_is_told_with_its_line(self, new: Path, change: Callable[[str], str], said: str) -> None:
        edit(new / "kettle/terms.en.md", change)
        assert said in refused(new)

    @pytest.mark.parametrize(
        ("name", "said"), [("conditions.en.md", "conditions is not known"), ("terms.de.md", "has no language 'de'")]
    )
    def test_a_file_with_another_name_is_refused(self, new: Path, name: str, said: str) -> None:
        (new / "kettle" / name).write_text(TERMS, encoding="utf-8")
        assert said in refused(new)

    def test_a_language_of_the_shop_that_lacks_is_told(self, folder: Path) -> None:
        (folder / "northlight/returns.de.md").unlink()
        assert "returns.de.md: is missing: write it too" in refused(folder)

    def test_languages_describe_the_same_version(self, folder: Path) -> None:
        edit(folder / "northlight/returns.de.md", lambda text: text.replace("version = 2026-02", "version = 2026-03"))
        assert "version is" in refused(folder)


class TestHtml:
    def test_a_text_can_do_nothing_but_be_read(self) -> None:
        hostile = (
            "# A\n\n<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://a.example/p.png) <b onclick=x>\n"
        )
        html = rendering.html(hostile)
        assert "<script" not in html
        assert "javascript:" not in html.replace("[x](javascript:alert(1))", "")
        assert "<img" not in html
        assert "<b " not in html

    def test_lists_links_and_tables_are_kept(self) -> None:
        text = "# A\n\n- [x](page:contact)\n\n> said\n\n| a |\n|---|\n| b |\n\n<care@northlight.example>\n"
        html = rendering.html(text)
        for part in ('<li><a href="page:contact">x</a></li>', "<blockquote>", "<td>b</td>", 'href="mailto:care@'):
            assert part in html


def test_the_manual_lists_every_name_that_a_document_may_use() -> None:
    manual = (Path(__file__).parents[4] / "docs/shop.md").read_text(encoding="utf-8")
    table = manual.partition("| name | |\n|---|---|\n")[2].partition("\n\n")[0]
    listed = {name for row in table.splitlines() for name in re.findall(r"`(\w+)[`(]", row.split("|")[1])}
    assert listed == set(names.names(shops.policy().shop("northlight"), "en"))
