"""A message template that WhatsApp has approved, as it is sent (decision 307)."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Approved:
    """`name` and `language`: as WhatsApp knows it; `values`: what stands in its places, in order."""

    name: str
    language: str
    values: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What a message of WhatsApp has in place of a text (Cloud API, "Template messages")."""
        said: dict[str, Any] = {"name": self.name, "language": {"code": self.language}}
        if self.values:
            filled = [{"type": "text", "text": value} for value in self.values]
            said["components"] = [{"type": "body", "parameters": filled}]
        return said
