"""Expressions are compiled when they are first used, and each can be."""

import importlib
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest

import chalicelib
from chalicelib.patterns import Later, pattern

# Prints the modules of ours that compile an expression while all of them are imported.
COMPILES = """
import importlib, pkgutil, re, sys
compile, found = re.compile, []
def noted(*args, **named):
    found.append(sys._getframe(1).f_globals["__name__"])
    return compile(*args, **named)
re.compile = noted
import chalicelib
for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    importlib.import_module(module.name)
print(*sorted({name for name in found if name.startswith("chalicelib")}))
"""


def expressions() -> Iterator[tuple[str, Later]]:
    """Every expression that a module keeps, by its module."""
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        for value in vars(importlib.import_module(module.name)).values():
            yield from ((module.name, each) for each in _within(value))


def _within(value: object) -> Iterator[Later]:
    if isinstance(value, Later):
        yield value
    elif isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from _within(each)
    elif isinstance(value, Mapping):
        yield from _within([*value.keys(), *value.values()])


def test_no_module_compiles_an_expression_when_it_is_imported() -> None:
    done = subprocess.run([sys.executable, "-c", COMPILES], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_every_expression_can_be_compiled() -> None:
    found = list(expressions())
    assert len(found) > 200
    for module, each in found:
        assert re.compile(each.pattern, each.flags), module


def test_it_does_what_a_compiled_one_does() -> None:
    one, other = pattern("(b)(?P<c>c)?", re.IGNORECASE), re.compile("(b)(?P<c>c)?", re.IGNORECASE)
    text = "abcABCb"
    assert one.sub("-", text) == other.sub("-", text) == one.sub("-", text)
    assert one.split(text) == other.split(text)
    assert one.findall(text) == other.findall(text)
    assert [m.span() for m in one.finditer(text)] == [m.span() for m in other.finditer(text)]
    assert (one.match(text), one.fullmatch(text)) == (None, None)
    assert (one.groups, dict(one.groupindex), one.pattern) == (2, {"c": 2}, other.pattern)


def test_after_its_first_use_it_is_as_fast_as_the_compiled_one() -> None:
    one = pattern(rb"\d+")
    assert one.search(b"a12")
    assert one.search.__self__ is re.compile(rb"\d+")  # type: ignore[attr-defined]


def test_a_mistake_is_told_by_its_use() -> None:
    wrong = pattern("(")
    with pytest.raises(re.error):
        wrong.match("")
