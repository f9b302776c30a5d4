"""Joins the methods of each API path in the stack's template to one. Chalice writes one for each method that app.py
answers, all alike: each passes the request to the same function. Joined as `ANY` they need a fifth of the space."""

import json
from pathlib import Path
from typing import Any

ANY = "x-amazon-apigateway-any-method"
# Texts from the views' docstrings; nobody reads them in the template.
_TOLD = ("summary", "description")


def one_each(packaged: Path, out: Path) -> None:
    """Write the packaged template to `out` with its methods joined."""
    template = json.loads(packaged.read_text(encoding="utf-8"))
    paths = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    for path, methods in paths.items():
        paths[path] = {ANY: _joined(path, methods)}
    out.write_text(json.dumps(template, indent=2, sort_keys=True), encoding="utf-8")


def _joined(path: str, methods: dict[str, dict[str, Any]]) -> dict[str, Any]:
    kinds = [{key: value for key, value in method.items() if key not in _TOLD} for method in methods.values()]
    if any(kind != kinds[0] for kind in kinds):
        raise ValueError(f"the methods of {path} are not alike")
    return kinds[0]
