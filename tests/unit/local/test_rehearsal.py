"""The rehearsal reads the guide's commands, types them, and answers what is asked."""

from pathlib import Path

import pytest

from local.rehearsal import guide, shell

GUIDE = Path("docs/deploying.md")


def book(folder: Path, text: str) -> Path:
    (folder / "guide.md").write_text(text, encoding="utf-8")
    return folder / "guide.md"


def test_the_guides_commands_are_found_in_their_order() -> None:
    found = guide.steps(GUIDE)
    assert [step.heading[:1] for step in found[:3]] == ["3", "4", "5"]
    assert found[1].commands == "make deploy STAGE=prod\n"


def test_what_is_shown_is_not_typed(tmp_path: Path) -> None:
    text = "# A\n## One\n```text\nmake shown\n```\n```sh\nmake typed\n```\n"
    text += "## Two\n```sh\ncat <<'END'\n## no heading\nEND\n```\n"
    assert guide.steps(book(tmp_path, text)) == [
        guide.Step("One", "make typed\n"),
        guide.Step("Two", "cat <<'END'\n## no heading\nEND\n"),
    ]


def test_a_block_must_say_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(guide.Unreadable, match="make unclear"):
        guide.steps(book(tmp_path, "```\nmake unclear\n```\n"))


def typed(commands: str, folder: Path) -> tuple[str, list[str]]:
    shown: list[str] = []
    return shell.typed(commands, folder, {"PATH": "/usr/bin:/bin"}, shown.append), shown


def test_questions_are_answered_with_what_they_ask_for(tmp_path: Path) -> None:
    asks = 'printf "Sure? Type delete all of it to go on: "; read a; echo "heard $a"\n'
    asks += 'printf "Type b to go on: "; read b; echo "and $b"'
    printed, shown = typed(asks, tmp_path)
    assert "heard delete all of it" in printed
    assert shown[-1] == "and b"


def test_the_first_command_that_fails_ends_it(tmp_path: Path) -> None:
    with pytest.raises(shell.Failed, match=r"ended with 3[\s\S]*before"):
        typed("echo before; (exit 3); touch after", tmp_path)
    assert not (tmp_path / "after").exists()
