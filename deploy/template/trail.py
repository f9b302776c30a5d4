"""Which functions' runs CloudTrail records, if the stack has the parameter Trail=on: those that people run. The others
run for each request, mail or event, and their events would cost more than they say."""

from collections.abc import Iterable
from typing import Any

from deploy import own_rights

_RUN_BY_AWS = frozenset(
    {
        *("api_handler", "receive_event", "receive_mail", "send_mail", "index_words", "note_delivery"),
        *("websocket_connect", "websocket_message", "websocket_disconnect", "ring_bells"),
    }
)


def selector(functions: Iterable[str]) -> dict[str, Any]:
    """The trail's event selector for these functions' runs, without those that AWS alone runs."""
    run = [own_rights.logical(name) for name in functions if name not in _RUN_BY_AWS]
    named = {"eventCategory": ["Data"], "resources.type": ["AWS::Lambda::Function"]}
    arns = [{"Fn::GetAtt": [name, "Arn"]} for name in run]
    fields = [{"Field": field, "Equals": values} for field, values in (named | {"resources.ARN": arns}).items()]
    return {"Name": "who runs functions", "FieldSelectors": fields}
