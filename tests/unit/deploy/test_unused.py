"""deploy.unused reports code that nothing uses, and no code that Chalice calls or a template reads."""

from pathlib import Path

import pytest

from deploy.unused import complaints, everywhere, unused


def found(tmp_path: Path, source: str) -> list[str]:
    (tmp_path / "module.py").write_text(source, encoding="utf-8")
    return list(unused([tmp_path]))


def test_a_function_that_nothing_calls_is_reported(tmp_path: Path) -> None:
    assert found(tmp_path, "def quite_unheard() -> None: ...") == ["quite_unheard"]


@pytest.mark.parametrize(
    "source",
    [
        "def used() -> None: ...\nused()",
        "@app.route('/')\ndef page() -> None: ...",
        "def open_ticket() -> None: ...",  # named in the web's table of paths
        "class Server:\n    def do_GET(self) -> None: ...\nServer()",
        "class Of:\n    more_undelivered: bool\nOf()",  # of the desk's admin page
    ],
)
def test_code_that_chalice_or_a_template_uses_is_not_reported(tmp_path: Path, source: str) -> None:
    assert found(tmp_path, source) == []


def test_a_name_in_local_hides_nothing_that_ships(tmp_path: Path) -> None:
    sources = {"app.py": "", "bench/a.py": "", "deploy/a.py": "", "chalicelib/a.py": "def unheard_of() -> None: ..."}
    for name, source in (sources | {"local/a.py": "window.unheard_of()"}).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source, encoding="utf-8")
    assert list(everywhere(tmp_path)) == ["unheard_of"]


def test_exceptions_are_really_unused() -> None:
    assert complaints({"kept": "kept is unused"}, {"kept"}) == []
    assert complaints({"kept": "kept is unused", "other": "other is unused"}, {"kept"}) == ["other is unused"]
    assert complaints({}, {"kept"}) == ["deploy/unused.py: kept is used, or gone"]
