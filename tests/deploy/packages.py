"""The package as the tests see it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Package:
    """A build's results: the template (as a file and parsed) and the zip (packed and unpacked)."""

    template_file: Path
    code: Path
    template: dict[str, Any]
    unpacked: Path

    def of_type(self, type_name: str) -> dict[str, dict[str, Any]]:
        """All resources of one type: their properties by logical id."""
        resources = self.template["Resources"].items()
        return {name: resource["Properties"] for name, resource in resources if resource["Type"] == type_name}
