"""The scanner finds the line of every key, in TOML documents from a writer that notes its lines."""

import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.rules.policy.toml_lines import Path, lines

names = st.one_of(st.sampled_from(["a", "b-c", "shops", "1", "true"]), st.text("ab .#[]=\"'\\äé\n", max_size=4))
plain = st.one_of(
    st.integers(-5, 10**6),
    st.booleans(),
    st.dates(),
    st.datetimes().map(lambda context: context.replace(microsecond=0)),
    st.times().map(lambda context: context.replace(microsecond=0)),
    st.floats(-10, 10),
    st.text("x#]}=,\"'\\\n[ é", max_size=8),
)
data = st.recursive(
    plain,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=12,
)
tables = st.dictionaries(names, data, max_size=4)


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(c):04x}" if c in '"\\\n' else c for c in text)


class Writer:
    """Write a table as TOML in a random style, and note the line of each key it writes."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.text = ""
        self.found: dict[Path, int] = {(): 1}

    def write(self, *parts: str) -> None:
        self.text += "".join(parts)

    def note(self, path: Path) -> None:
        self.found.setdefault(path, self.text.count("\n") + 1)

    def pick(self, *styles: str) -> str:
        return self.draw(st.sampled_from(styles))

    def key(self, name: str) -> str:
        if name and name.isascii() and name.replace("-", "").isalnum() and self.draw(st.booleans()):
            return name
        if "'" not in name and "\n" not in name and self.draw(st.booleans()):
            return f"'{name}'"
        return f'"{escaped(name)}"'

    def value(self, path: Path, value: Any) -> None:
        if isinstance(value, dict):
            self.inline_table(path, value)
        elif isinstance(value, list):
            self.list_of_values(path, value)
        elif isinstance(value, str):
            self.string(value)
        elif isinstance(value, bool):
            self.write(str(value).lower())
        else:
            self.write(str(value))  # numbers, and dates with a space before the time

    def string(self, value: str) -> None:
        style = self.pick("basic", "literal", "long", "long literal")
        if style == "literal" and not set("'\n") & set(value):
            self.write(f"'{value}'")
        elif style == "long":
            self.write('"""', self.pick("", "\n", "\\\n \n  "), escaped(value), '"""')
        elif style == "long literal" and "'''" not in value and not value.endswith("'"):
            self.write("'''\n", value, self.pick("", "'")) if value else self.write("'''")
            self.write("'''")
        else:
            self.write(f'"{escaped(value)}"')

    def list_of_values(self, path: Path, values: list[Any]) -> None:
        self.write("[")
        for index, value in enumerate(values):
            self.write(self.pick("", " ", "\n", " # ] }\n\t"))
            self.note((*path, index))
            self.value((*path, index), value)
            self.write(self.pick("", " ", "\n"))
            self.write("," if index < len(values) - 1 else self.pick("", ","))
        self.write(self.pick("", "\n", " # done\n"), "]")

    def inline_table(self, path: Path, values: dict[str, Any]) -> None:
        self.write("{")
        for index, (name, value) in enumerate(values.items()):
            self.write("," if index else "", self.pick("", " "))
            self.pair(path, name, value)
        self.write(" }")

    def pair(self, path: Path, name: str, value: Any) -> None:
        self.note((*path, name))
        self.write(self.key(name))
        if isinstance(value, dict) and len(value) == 1 and self.draw(st.booleans()):
            ((inner, value),) = value.items()
            self.write(self.pick(".", " . "))
            self.found.setdefault((*path, name, inner), self.text.count("\n") + 1)
            self.write(self.key(inner))
            path = (*path, name)
            name = inner
        self.write(self.pick("=", " = "))
        self.value((*path, name), value)

    def table(self, path: Path, keys: tuple[str, ...], values: dict[str, Any]) -> None:
        """The plain pairs, then the tables under their own headers (or inline, as drawn)."""
        headed = [name for name, value in values.items() if self.wants_header(value)]
        for name, value in values.items():
            if name not in headed:
                self.write(self.pick("", "\n", "# [no.table]\n", "  "))
                self.pair(path, name, value)
                self.write(self.pick("", " # key = 1"), "\n")
        for name in headed:
            value = values[name]
            several = isinstance(value, list)
            for index, entry in enumerate(value if several else [value]):
                self.note((*path, name))
                place: Path = (*path, name, index) if several else (*path, name)
                self.note(place)
                header = ".".join(self.key(part) for part in (*keys, name))
                self.write(*(("[[", header, "]]") if several else ("[ ", header, " ]")), self.pick("", " # [x]"), "\n")
                self.table(place, (*keys, name), entry)

    def wants_header(self, value: Any) -> bool:
        several = isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value)
        return bool(isinstance(value, dict) or several) and self.draw(st.booleans())


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[Path, int]]:
    writer = Writer(draw)
    writer.table((), (), draw(tables))
    return writer.text, writer.found


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from paths(each, (*path, key))


@given(documents())
@settings(max_examples=300, deadline=None)
def test_every_key_is_found_on_its_line(document: tuple[str, dict[Path, int]]) -> None:
    text, written = document
    assert set(paths(tomllib.loads(text))) == set(written)  # the writer itself
    assert lines(text) == written


def test_a_document_with_every_form() -> None:
    text = (
        "a.b = 1\r\n"
        "\r\n"
        '"c d" = { e = 1, f.g = [ 1, # ] \n 2 ] }\n'
        "t = 1979-05-27 07:32:00\n"
        '[[x]] # first\nk = """\n[no]\nno = "1"\n"""""\n'
        "[x.'y.z']\nm = '''\nn = 1''''\n"
        "[[ x ]]\nk = ['[[x]]', \"]\"]\n"
        "[[x.w]]\n[[x.w]]\nlast = true"
    )
    tomllib.loads(text)
    assert lines(text) == {
        (): 1,
        ("a",): 1,
        ("a", "b"): 1,
        ("c d",): 3,
        ("c d", "e"): 3,
        ("c d", "f"): 3,
        ("c d", "f", "g"): 3,
        ("c d", "f", "g", 0): 3,
        ("c d", "f", "g", 1): 4,
        ("t",): 5,
        ("x",): 6,
        ("x", 0): 6,
        ("x", 0, "k"): 7,
        ("x", 0, "y.z"): 11,
        ("x", 0, "y.z", "m"): 12,
        ("x", 1): 14,
        ("x", 1, "k"): 15,
        ("x", 1, "k", 0): 15,
        ("x", 1, "k", 1): 15,
        ("x", 1, "w"): 16,
        ("x", 1, "w", 0): 16,
        ("x", 1, "w", 1): 17,
        ("x", 1, "w", 1, "last"): 18,
    }
