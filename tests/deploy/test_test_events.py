"""Events of the console's Test button: at least one for every function that admins run, and the function accepts
each."""

import json
from typing import Any

import pytest

import app
from deploy import test_events
from tests.deploy.packages import Package

FUNCTIONS = [function.name for function in app.app.pure_lambda_functions]
# The form of an event's name that the console accepts.
LONGEST_NAME = 25


def test_every_function_has_events_and_all_events_have_a_function() -> None:
    assert test_events.functions() == sorted(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_console_accepts_their_names_and_form(function: str) -> None:
    content = test_events.content(function)
    examples = content["components"]["examples"]
    assert examples
    assert all(len(name) <= LONGEST_NAME for name in examples)
    assert {name: example["value"] for name, example in examples.items()} == test_events.events(function)
    assert content["components"]["schemas"]["Event"]["type"] == "object"


def test_no_deployment_depends_on_a_registry(packaged: Package) -> None:
    """Not every region has schema registries, and an account has only one for test events."""
    assert packaged.template["Parameters"]["TestEvents"]["Default"] == "none"
    for kind in ("AWS::EventSchemas::Registry", "AWS::EventSchemas::Schema"):
        names = packaged.of_type(kind)
        assert names
        assert all(packaged.template["Resources"][name].get("Condition") for name in names)


def test_every_function_of_the_stack_has_a_schema_by_its_name(packaged: Package) -> None:
    schemas: dict[Any, Any] = {}
    for properties in packaged.of_type("AWS::EventSchemas::Schema").values():
        assert properties["RegistryName"]["Fn::If"][2] == "lambda-testevent-schemas"
        schemas[properties["SchemaName"]["Fn::Sub"]] = json.loads(properties["Content"])["openapi"]
    named = ("".join(word.title() for word in function.split("_")) for function in FUNCTIONS)
    assert schemas == {f"_${{{name}}}-schema": "3.0.0" for name in named}
