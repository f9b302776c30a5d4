"""What the package has ready made: its templates and words say, byte for byte, what those of the checkout say."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader, ModuleLoader

from chalicelib import wiring
from chalicelib.rendering import environment, words
from chalicelib.rendering.pages import TEMPLATES
from local.previews import writing
from tests.deploy.packages import Package
from tests.support import shops


@pytest.fixture(autouse=True)
def _the_package_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its templates are imported here; their byte code must not be written into what other tests compare."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


def previews(folder: Path) -> dict[str, bytes]:
    """Every page and mail with sample data."""
    folder.mkdir()
    assert writing.write(folder) > 50
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_pages_and_mails_are_the_same(packaged: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "policy", shops.policy)
    monkeypatch.setattr(writing, "policy", shops.policy)
    source = environment.environment_of(FileSystemLoader(TEMPLATES))
    compiled = environment.environment_of(ModuleLoader(packaged.unpacked / "compiled/templates"))
    monkeypatch.setattr(environment, "environment", lambda: source)
    from_source = previews(tmp_path / "source")
    monkeypatch.setattr(environment, "environment", lambda: compiled)
    assert previews(tmp_path / "compiled") == from_source


def test_every_template_is_there(packaged: Package) -> None:
    """Also those that no preview renders; a module is named by its template's hash."""
    compiled = ModuleLoader(packaged.unpacked / "compiled/templates")
    environment_of = environment.environment_of
    names = [
        name
        for name in environment_of(FileSystemLoader(TEMPLATES)).list_templates()
        if name.startswith(("pages/", "mail/")) or name.endswith(".jinja")
    ]
    assert len(names) > 90
    for name in names:
        assert environment_of(compiled).get_template(name).name == name


@pytest.mark.parametrize("language", words.languages())
def test_the_words_are_the_same_in_the_same_order(packaged: Package, language: str) -> None:
    text = (packaged.unpacked / f"compiled/words/{language}.json").read_text(encoding="utf-8")
    assert list(json.loads(text).items()) == list(words.read(language).items())


# Prints what dataclasses executes while all of ours is imported, without being ready made.
COMPILES = """
import dataclasses, importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
from chalicelib import cold_start
known, execute, found = cold_start.classes, vars(dataclasses)["exec"], []
def noted(source, names, made):
    if source not in known:
        found.append(source)
    execute(source, names, made)
vars(dataclasses)["exec"] = noted
import app, chalicelib
for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    importlib.import_module(module.name)
print(len(found))
"""


def test_no_class_of_ours_is_compiled_at_a_start(packaged: Package) -> None:
    command = [str(packaged.target.python), "-I", "-S", "-B", "-c", COMPILES, str(packaged.unpacked)]
    done = subprocess.run(command, capture_output=True, text=True, env={}, check=True)
    assert done.stdout.strip() == "0"


# Marshalled code can be read only by the Python that wrote it.
WRONG = """
import marshal, sys
from importlib.util import MAGIC_NUMBER
magic, known = marshal.loads(open(sys.argv[1], "rb").read())
assert magic == MAGIC_NUMBER and len(known) > 100, len(known)
print(sum(marshal.loads(code) != compile(source, "<string>", "exec") for source, code in known.items()))
"""


def test_classes_are_what_their_sources_say(packaged: Package) -> None:
    command = [str(packaged.target.python), "-I", "-S", "-B", "-c", WRONG, str(packaged.unpacked / "compiled/classes")]
    done = subprocess.run(command, capture_output=True, text=True, env={}, check=True)
    assert done.stdout.strip() == "0"
