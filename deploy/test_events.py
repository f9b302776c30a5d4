"""The events that the console's Test button offers for each function, from deploy/test_events/<function>.json: a JSON
object of events by name. The console reads them from schemas named after the functions, in a registry with a fixed
name."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "test_events"
REGISTRY = "lambda-testevent-schemas"
_MADE = {"Fn::GetAtt": ["TestEventRegistry", "RegistryName"]}
_TYPES: dict[type, str] = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}


def events(function: str) -> dict[str, Any]:
    """The function's events by name, in the file's order."""
    found: dict[str, Any] = json.loads((FOLDER / f"{function}.json").read_text(encoding="utf-8"))
    return found


def functions() -> list[str]:
    return sorted(file.stem for file in FOLDER.glob("*.json"))


def schemas(packaged: list[str]) -> dict[str, dict[str, Any]]:
    """The template's schema resource for each packaged function that has events, by logical id."""
    return {f"{_logical(name)}TestEvents": _schema(name) for name in functions() if name in packaged}


def _schema(function: str) -> dict[str, Any]:
    return {
        "Type": "AWS::EventSchemas::Schema",
        "Condition": "OffersTestEvents",
        "Properties": {
            "RegistryName": {"Fn::If": ["MakesTestEventRegistry", _MADE, REGISTRY]},
            "SchemaName": {"Fn::Sub": f"_${{{_logical(function)}}}-schema"},
            "Type": "OpenApi3",
            "Content": json.dumps(content(function), ensure_ascii=False),
        },
    }


def content(function: str) -> dict[str, Any]:
    """The schema as the console writes it: the first event's fields are the schema, and each event is an example."""
    named = events(function)
    first = next(iter(named.values()))
    properties = {field: {"type": _TYPES[type(value)]} for field, value in first.items()}
    for field, value in first.items():
        if isinstance(value, list):
            properties[field]["items"] = {"type": "string"}  # type: ignore[assignment]
    shape = {"type": "object", "required": list(first), "properties": properties}
    return {
        "openapi": "3.0.0",
        "info": {"version": "1.0.0", "title": "Event"},
        "paths": {},
        "components": {
            "schemas": {"Event": {key: part for key, part in shape.items() if part or key == "type"}},
            "examples": {name: {"value": event} for name, event in named.items()},
        },
    }


def _logical(function: str) -> str:
    """The logical id that Chalice gives the function in the template."""
    return "".join(word.title() for word in function.split("_"))
