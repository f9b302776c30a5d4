"""The functions of the connections: API Gateway runs the first three, the topic of the bells the last."""

from chalice.app import SNSEvent, WebsocketEvent

from chalicelib.aws import bells
from chalicelib.services.bells import connecting, ringing
from chalicelib.wiring import bell_deps


def websocket_connect(event: WebsocketEvent) -> dict[str, int]:
    """A page wants to be rung."""
    let_in = connecting.connect(bell_deps(), *bells.knocking(event.to_dict()))
    return {"statusCode": 200 if let_in else 403}


def websocket_message(event: WebsocketEvent) -> None:
    """A page says that somebody types, or keeps its connection open."""
    ringing.listen(bell_deps(), event.connection_id, event.body)


def websocket_disconnect(event: WebsocketEvent) -> None:
    """A page was closed."""
    ringing.hang_up(bell_deps(), event.connection_id)


def ring_bells(event: SNSEvent) -> None:
    """A conversation has something new, or somebody types there: ring at the pages that show it."""
    ringing.ring(bell_deps(), bells.read(event.message))
