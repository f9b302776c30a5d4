"""The package as the tests see it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy import runtime
from deploy.runtime import PackagingFailed, Target


@dataclass(frozen=True, slots=True)
class Package:
    """A build's results: the template (as a file and parsed) and the zip (packed and unpacked), and what for."""

    target: Target
    template_file: Path
    code: Path
    template: dict[str, Any]
    unpacked: Path

    def of_type(self, type_name: str) -> dict[str, dict[str, Any]]:
        """All resources of one type: their properties by logical id."""
        resources = self.template["Resources"].items()
        return {name: resource["Properties"] for name, resource in resources if resource["Type"] == type_name}

    def code_of(self, module: str) -> str:
        """The name of a module's compiled file."""
        folder, _, name = module.rpartition("/")
        tag = f"cpython-{''.join(map(str, self.target.version))}"
        return f"{folder}{'/' if folder else ''}__pycache__/{name.removesuffix('.py')}.{tag}.pyc"


def runs_here() -> Target:
    """What ships to Lambda, for this machine's processor; without a Python of Lambda's version, for this Python."""
    try:
        return Target(runtime.interpreter(), runtime.PYTHON, runtime.this_machine())
    except PackagingFailed:
        return runtime.here()
