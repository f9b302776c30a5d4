"""The stack as CloudFormation would make it of given parameters, offline: AWS's own SAM translator expands the
template, and conditions are decided here. The translator is installed beside the embedded AWS."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

_PYTHON = Path(os.environ.get("EMULATOR_PYTHON", ".venv-aws/bin/python")).absolute()
_EXPAND = """
import json, sys
from samtranslator.parser.parser import Parser
from samtranslator.translator.transform import transform
template, parameters = json.load(sys.stdin)
class NoPolicies:
    def load(self):
        return {}
print(json.dumps(transform(template, parameters, NoPolicies())))
"""
_REGION, _ACCOUNT = "eu-central-1", "123456789012"
_PSEUDO = {"AWS::Region": _REGION, "AWS::Partition": "aws", "AWS::AccountId": _ACCOUNT, "AWS::StackName": "care"}
_NOTHING = object()

Template = dict[str, Any]


def expanded(template: Template, given: dict[str, str]) -> Template:
    """The template with its functions and its API as CloudFormation's own resource types."""
    # CodeUri has to look like a place in S3.
    text = json.dumps(template).replace('"./deployment.zip"', '"s3://packages/deployment.zip"')
    environment = {"AWS_DEFAULT_REGION": _REGION, "PATH": os.defpath}
    told = json.dumps([json.loads(text), _PSEUDO | given])
    done = subprocess.run(
        [_PYTHON, "-c", _EXPAND], input=told, capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    found: Template = json.loads(done.stdout)
    return found


def decided(template: Template, given: dict[str, str]) -> Template:
    """The template's sections with conditions decided, and without what they leave out."""
    values = {name: given.get(name, each.get("Default", "")) for name, each in template["Parameters"].items()}
    conditions = {name: _holds(each, values) for name, each in template["Conditions"].items()}
    made = {}
    for section in ("Resources", "Outputs"):
        there = {
            name: each
            for name, each in template[section].items()
            if "Condition" not in each or conditions[each["Condition"]]
        }
        made[section] = _chosen(there, conditions)
    return made


def broken_rules(template: Template, given: dict[str, str]) -> list[str]:
    """What CloudFormation says of these parameters before it makes anything."""
    values = {name: given.get(name, each.get("Default", "")) for name, each in template["Parameters"].items()}
    checks = [check for rule in template["Rules"].values() for check in rule["Assertions"]]
    return [check["AssertDescription"] for check in checks if not _holds(check["Assert"], values)]


def _holds(condition: Any, values: dict[str, Any]) -> bool:
    match condition:
        case {"Fn::Not": [inner]}:
            return not _holds(inner, values)
        case {"Fn::Or": several}:
            return any(_holds(each, values) for each in several)
        case {"Fn::And": several}:
            return all(_holds(each, values) for each in several)
        case {"Fn::Equals": [{"Ref": name}, value]}:
            return str(values[name]) == str(value)
    raise ValueError(f"not known here: {condition}")


def _chosen(value: Any, conditions: dict[str, bool]) -> Any:
    match value:
        case {"Fn::If": [name, then, otherwise]}:
            return _chosen(then if conditions[name] else otherwise, conditions)
        case {"Ref": "AWS::NoValue"}:
            return _NOTHING
        case dict():
            inner = {key: _chosen(each, conditions) for key, each in value.items()}
            return {key: each for key, each in inner.items() if each is not _NOTHING}
        case list():
            return [each for each in (_chosen(one, conditions) for one in value) if each is not _NOTHING]
    return value
