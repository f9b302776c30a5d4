"""A stage's file, `stages/<stage>.toml`: where the stack runs, which policy it publishes, and its parameters."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.cloud.stops import Stopped

FOLDER = Path("stages")
# CloudFormation shortens what it names after the stack, so the limit is only that of a stack's name, which is 128.
LONGEST = 40
_NAME = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_KEYS = {"region": str, "policy": str, "xray": bool, "parameters": dict}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stack: `prod`, or another one beside it."""

    name: str
    region: str
    policy: Path
    parameters: Mapping[str, str] = field(default_factory=dict)
    xray: bool = False

    @property
    def stack(self) -> str:
        return f"aftercare-{self.name}"


def read(name: str, folder: Path = FOLDER) -> Stage:
    """The stage of this name. Raises Stopped with every mistake in its file."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST:
        raise Stopped(f"A stage's name has at most {LONGEST} small letters, digits and hyphens: {name!r} does not fit.")
    file = folder / f"{name}.toml"
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise Stopped(f"There is no {file}. docs/deploying.md says what to write into it.") from missing
    except ValueError as wrong:
        raise Stopped(f"{file} can't be read: {wrong}") from wrong
    wrong_keys = _wrong_keys(found)
    if wrong_keys:
        raise Stopped("\n".join(f"{file}: {sentence}" for sentence in wrong_keys))
    parameters = {key: str(value) for key, value in found.get("parameters", {}).items()}
    return Stage(name, found["region"], Path(found["policy"]), parameters, found.get("xray", False))


def _wrong_keys(found: Mapping[str, Any]) -> list[str]:
    wrong = [f"{key!r} is not known; there are {', '.join(_KEYS)}." for key in found if key not in _KEYS]
    wrong += [
        f"{key!r} must be a {kind.__name__}."
        for key, kind in _KEYS.items()
        if key in found and not isinstance(found[key], kind)
    ]
    wrong += [f"{key!r} is missing." for key in ("region", "policy") if key not in found]
    region, policy = found.get("region", "eu-central-1"), found.get("policy", ".")
    if isinstance(region, str) and not _REGION.fullmatch(region):
        wrong.append(f"{region!r} is not a region; one is called eu-central-1.")
    if isinstance(policy, str) and not Path(policy).exists():
        wrong.append(f"there is no policy {policy}; the path is seen from the folder in which you type the command.")
    return wrong


def mistakes(given: Mapping[str, str], template: Mapping[str, Any]) -> list[str]:
    """A sentence for each parameter that the template does not know, does not allow, or needs and has not got."""
    known: Mapping[str, Mapping[str, Any]] = template["Parameters"]
    wrong = [f"{name} is no parameter; there are {', '.join(sorted(known))}." for name in given if name not in known]
    for name, definition in known.items():
        if name not in given:
            wrong += [] if "Default" in definition else [f"{name} is missing: {definition.get('Description', '')}"]
        elif given[name] not in definition.get("AllowedValues", [given[name]]):
            wrong.append(f"{name} is {given[name]!r}; allowed are {', '.join(definition['AllowedValues'])}.")
        elif not re.fullmatch(definition.get("AllowedPattern", r"[\s\S]*"), given[name]):
            wrong.append(f"{name} is {given[name]!r}, which does not fit: {definition.get('Description', '')}")
    return wrong
