"""Where pages connect to the embedded AWS, and where they are rung: it has one address for every API."""

from collections.abc import Callable, Mapping
from typing import Any


def at(address: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What changes a template in place, so that its functions name the APIs of the embedded AWS at this address."""
    path = f"{address.partition('://')[2]}/_aws/execute-api/${{WebsocketAPI}}/api"
    places = {"LIVE_URL": f"ws://{path}", "LIVE_ENDPOINT": f"http://{path}"}

    def placed(template: dict[str, Any]) -> dict[str, Any]:
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                _change(resource["Properties"]["Environment"]["Variables"], places)
        return template

    return placed


def _change(variables: dict[str, Any], places: Mapping[str, str]) -> None:
    for name, place in places.items():
        condition, _, otherwise = variables[name]["Fn::If"]
        variables[name] = {"Fn::If": [condition, {"Fn::Sub": place}, otherwise]}
