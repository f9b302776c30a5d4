"""Writes what the package has instead of parsing it at each cold start: the templates as Python modules, and each
language's words in one file. Pages and mails are the same, and tests/deploy compares them."""

import json
from pathlib import Path

from jinja2 import FileSystemLoader

from chalicelib.rendering import words
from chalicelib.rendering.environment import environment_of
from chalicelib.rendering.pages import TEMPLATES

_RENDERED = ("pages/", "mail/", "static/shop.css.jinja")


def write(folder: Path) -> None:
    """Write `templates` and `words` to a new folder."""
    environment_of(FileSystemLoader(TEMPLATES)).compile_templates(
        folder / "templates", zip=None, ignore_errors=False, filter_func=lambda name: name.startswith(_RENDERED)
    )
    (folder / "words").mkdir()
    for language in words.languages():
        content = json.dumps(words.read(language), ensure_ascii=False)
        (folder / "words" / f"{language}.json").write_text(content, encoding="utf-8")
