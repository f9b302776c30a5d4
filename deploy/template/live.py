"""The connections' part of the stack's template: made only with the parameter Live=on, and with a stage that deploys
itself (decision 281)."""

import json
from pathlib import Path
from typing import Any

from deploy.own_rights import logical
from deploy.rights import FUNCTIONS

CONDITION = "IsLive"
# With these the logical ids of everything begin that belongs to the connections.
_PARTS = ("Websocket", "RingBells")
# Of a stage that Chalice deploys once: the embedded AWS does not know it, and on AWS it never changes again.
_DEPLOYMENT = "WebsocketAPIDeployment"


def functions() -> list[str]:
    """The logical ids of the connections' functions."""
    return [name for name in map(logical, FUNCTIONS) if name.startswith(_PARTS)]


def only_where_wanted(packaged: Path) -> None:
    """Change the packaged template in place."""
    template = json.loads(packaged.read_text(encoding="utf-8"))
    packaged.write_text(json.dumps(_conditional(template)), encoding="utf-8")


def _conditional(template: dict[str, Any]) -> dict[str, Any]:
    del template["Resources"][_DEPLOYMENT]
    del template["Resources"]["WebsocketAPIStage"]["Properties"]["DeploymentId"]
    for section in ("Resources", "Outputs"):
        for name, part in template[section].items():
            if name.startswith(_PARTS):
                part["Condition"] = CONDITION
    return template
