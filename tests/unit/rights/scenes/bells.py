"""Pages that are rung: a customer's and an agent's, at one conversation."""

import json
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import MockRawResponse

from chalicelib.aws.bells import written
from chalicelib.aws.clients import client
from chalicelib.rules.bells.connections import Bell, Side
from chalicelib.services.ports.bells.bells import Heard
from tests.support.agents import ADA
from tests.support.store.fakes import PUBLIC_URL
from tests.support.web.visitors import Visitor, signed_in
from tests.unit.rights import policies
from tests.unit.rights.scenes.stage import Stage, stream

ORIGIN = PUBLIC_URL.removesuffix("/api")
_STATUS = {Heard.SENT: 200, Heard.GONE: 410, Heard.FAILED: 500}


def live(stage: Stage) -> None:
    """Both connect and type; a new line rings at one that hears, one that is gone and one that can't be reached."""
    stage.arrives(stage.mail("mira@example.com", "Are you there?"))
    stage.flows()
    to = stage.sent("mira@example.com")[-1].reply_to
    stage.arrives(stage.mail("mira@example.com", "Hello?", to), to)
    (ref,) = stage.refs("mira@example.com")
    customer, agent = Visitor(stage.browser), signed_in(stage.browser, ADA)
    link = stage.sent("mira@example.com")[-1].link("/t/").removeprefix(PUBLIC_URL)
    for number, (visitor, path) in enumerate(
        ((customer, f"{link}/ring"), (customer, f"{link}/ring"), (agent, f"/desk/chats/{ref}/ring"))
    ):
        token = json.loads(visitor.post(path, {}).body)["ticket"]
        assert stage.run("websocket_connect", event(number, t=token)) == {"statusCode": 200}
    assert stage.run("websocket_connect", event(9, t=token)) == {"statusCode": 403}
    stage.run("websocket_message", event(0) | {"body": '{"typing": true}'})
    stage.run("websocket_message", event(0) | {"body": "ping"})
    line = next(item for item in stage.items() if item["sk"]["S"].startswith("MSG#"))
    stage.run("index_words", stream([line | {"sk": {"S": "MSG#~000002"}, "id": {"S": "~000002"}}], "INSERT"))
    stage.clock.advance(minutes=1)
    _hears(Heard.SENT, Heard.GONE, Heard.FAILED, Heard.SENT, Heard.SENT)
    stage.run("ring_bells", told(Bell(ref)))
    stage.run("ring_bells", told(Bell(ref, Side.CUSTOMER)))
    stage.run("ring_bells", told(Bell(ref, waits=True)))
    stage.run("websocket_disconnect", event(0))


def event(number: int, **asked: str) -> dict[str, Any]:
    """What API Gateway says of the connection with this number."""
    about = {"connectionId": f"connection-{number}=", "apiId": policies.name("WebsocketAPI")}
    about |= {"domainName": "live.example", "stage": "api"}
    return {"requestContext": about, "queryStringParameters": asked or None, "headers": {"Origin": ORIGIN}}


def told(bell: Bell) -> dict[str, Any]:
    """What the topic brings."""
    return {"Records": [{"Sns": {"Message": written(bell), "Subject": "bell", "MessageAttributes": {}}}]}


def _hears(*become: Heard) -> None:
    """What comes of the next sounds."""
    made = client("apigatewaymanagementapi", endpoint())
    left = list(become)

    def answered(request: Any, **_: Any) -> AWSResponse:
        status = _STATUS[left.pop(0)]
        headers = HTTPHeaders.from_dict({"x-amzn-ErrorType": "GoneException"} if status == 410 else {})
        return AWSResponse(request.url, status, headers, MockRawResponse(b"{}"))

    made.meta.events.register_first("before-send", answered)


def endpoint() -> str:
    found: str = policies.environment({})["LIVE_ENDPOINT"]
    return found
