"""`publish-policies`, `verify-terms` and `policy-check` on the command line."""

import json
import re
import shutil
import unicodedata
from html import escape
from pathlib import Path
from typing import Literal

import pytest

from chalicelib.rendering import replies, words
from chalicelib.rules.documents.published import digest
from local.__main__ import main
from tests.support import shops


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """The policy of tests with its documents, to be changed."""
    shutil.copytree(shops.DOCUMENTS, tmp_path / "policies")
    return Path(shutil.copyfile(shops.FILE, tmp_path / "policy.toml"))


def test_a_text_is_recognised_however_it_was_copied(
    policy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (shops.DOCUMENTS / "northlight/published/terms/2026-02-01.de.md").read_bytes()
    copy = tmp_path / "copy.txt"
    copy.write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b" \r\n"))
    assert main(["verify-terms", str(copy), "--policy", str(policy)]) == 0
    assert "Northlight Lamps: terms (de), version 2026-02-01, in force from 2026-02-01" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_a_text_is_recognised_however_a_program_saved_it(
    policy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str, form: Literal["NFC", "NFD"]
) -> None:
    published = shops.DOCUMENTS / "northlight/published/terms/2026-02-01.de.md"
    text = unicodedata.normalize(form, published.read_text(encoding="utf-8"))
    assert any(not sign.isascii() for sign in text)
    copy = tmp_path / "copy.txt"
    # A code page has no separate accents.
    copy.write_bytes((text if encoding != "cp1252" else unicodedata.normalize("NFC", text)).encode(encoding))
    assert main(["verify-terms", str(copy), "--policy", str(policy)]) == 0
    said = capsys.readouterr().out
    assert "Northlight Lamps: terms (de), version 2026-02-01, in force from 2026-02-01" in said
    assert f"SHA-256 {digest(published.read_text(encoding='utf-8'))}" in said


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"\xff\xfe", b"\xff\xfe\0", b"\xff\xfe\0\0", b"\0\0\0", bytes(range(256))]
)
def test_bytes_that_are_no_text_are_no_version(
    policy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    copy = tmp_path / "copy.bin"
    copy.write_bytes(content)
    assert main(["verify-terms", str(copy), "--policy", str(policy)]) == 1
    assert "No published version has this text." in capsys.readouterr().out


def test_another_text_is_none(policy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.md"
    other.write_text("# Terms\n\nWe promise nothing.\n")
    assert main(["verify-terms", str(other), "--policy", str(policy)]) == 1
    assert "No published version has this text." in capsys.readouterr().out


@pytest.mark.parametrize(
    "command",
    [
        ["verify-terms", "{missing}"],
        ["verify-terms", "{folder}"],
        ["policy-check", "--policy", "{missing}"],
        ["policy-check", "--policy", "{broken}"],
        ["policy-check", "--dossier", "{missing}/dossier.html"],
        ["policy-check", "--policy", "{broken}", "--dossier", "{folder}/dossier.html"],
        ["publish-policies", "--policy", "{missing}"],
    ],
    ids=" ".join,
)
def test_what_can_not_be_read_is_said_in_a_line_without_a_traceback(
    policy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    (tmp_path / "broken.toml").write_text("x = [")
    places = {"missing": tmp_path / "missing", "folder": tmp_path, "broken": tmp_path / "broken.toml"}
    own = [] if "--policy" in command else ["--policy", str(policy)]
    assert main([*(part.format_map(places) for part in command), *own]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(("markets", "meant"), [("DE,UK", "GB"), ("eu", "DE,FR"), ("DE AT", "commas"), ("D,GB", "two")])
def test_a_market_that_is_no_country_is_refused(
    policy: Path, capsys: pytest.CaptureFixture[str], markets: str, meant: str
) -> None:
    """Rules for countries that nobody has would be left out, and the check would be clean for it."""
    with pytest.raises(SystemExit) as refused:
        main(["policy-check", "--policy", str(policy), "--markets", markets])
    assert refused.value.code == 2
    assert meant in capsys.readouterr().err


def test_blanks_between_markets_do_not_matter(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy-check", "--policy", str(policy), "--markets", "de, GB,"]) == 1
    assert "guarantee-too-short-uk" in capsys.readouterr().out


def test_publishing_says_what_is_new_and_mistakes_on_standard_error(
    policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["publish-policies", "--policy", str(policy)]) == 0
    assert capsys.readouterr().out.startswith("The documents are published.")
    kettle = policy.parent / "policies/kettle"
    kettle.mkdir()
    (kettle / "terms.en.md").write_text("+++\nversion = 2026-12-01\nin_force = 2026-12-24\n+++\n# Terms\n\nKind.\n")
    assert main(["publish-policies", "--policy", str(policy)]) == 0
    assert "published: Kettle & Co: terms, version 2026-12-01, in force from 2026-12-24" in capsys.readouterr().out
    (kettle / "terms.en.md").write_text("+++\nversion = 2026-12-01\nin_force = 2026-12-24\n+++\n# Terms\n\nOther.\n")
    assert main(["publish-policies", "--policy", str(policy)]) == 1
    assert "A published version keeps its text" in capsys.readouterr().err


def test_the_check_prints_each_finding_with_its_source_and_gives_no_advice(
    policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["policy-check", "--policy", str(policy), "--markets", "de,GB"]) == 1
    said = capsys.readouterr().out
    assert (
        "  risk  there is no document delivery in force.  [no-delivery: Directive 2011/83/EU, Art. 6(1)(g); as of"
        in said
    )
    assert "guarantee-too-short-uk" in said
    assert said.endswith("This checks facts and gives no legal advice.\n")
    main(["policy-check", "--policy", str(policy)])
    assert "Northlight Lamps" in (own := capsys.readouterr().out)
    assert "guarantees.statutory is 2 years: in the UK" not in own


def test_a_help_article_that_links_to_the_closed_platform_is_named(
    policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    article = policy.parent / "help/northlight/en/disputes.md"
    article.parent.mkdir(parents=True)
    article.write_text("# Disputes\n\nSee https://ec.europa.eu/odr.\n")
    main(["policy-check", "--policy", str(policy)])
    assert "help/northlight/en/disputes.md links to the EU's closed platform." in capsys.readouterr().out


def test_the_dossier_holds_every_text_period_and_mail_and_what_changed_since_the_last_review(
    policy: Path, tmp_path: Path
) -> None:
    index = policy.parent / "policies/northlight/published.json"
    content = json.loads(index.read_text(encoding="utf-8"))
    content["terms"][1]["editions"]["en"]["reviewed"] = None
    index.write_text(json.dumps(content), encoding="utf-8")
    main(["policy-check", "--policy", str(policy), "--dossier", str(tmp_path / "dossier.html")])
    html = (tmp_path / "dossier.html").read_text(encoding="utf-8")
    assert "It gives no legal advice." in html
    assert "Not reviewed. What changed since version 2026-02-01, which was:" in html
    assert "<ins>" in html
    assert "Reviewed by Dr. Maja Brandt on 2026-10-20." in html
    assert html.count("Wir liefern nach Deutschland und Österreich.") == 1
    for shop in shops.policy().shops.values():
        for language in shop.languages:
            assert words.phrase(language, "policy.times.intro") in html
    assert html.count("<pre>Subject: ") > 100
    for reply in replies.replies("de"):
        assert escape(reply.text) in html
    assert not re.search(r"<script|<link|<img", html)
