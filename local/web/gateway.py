"""Makes Chalice's local server behave like API Gateway: bodies, the caller's address, limits, the gateway's own
answers, HEAD. Also speeds it up where it is slow or stalls: small writes, chunks, Expect."""

import base64
import json
import os
import sys
import time
import uuid
from functools import cache
from typing import Any

from chalice.local import ChaliceRequestHandler, LambdaEventConverter, LocalGatewayException, RouteMatcher

from chalicelib.wiring import policy
from deploy.template import gateway_answers

# API Gateway's limit for a request in bytes, and Lambda's for the event made from it and for the answer.
REQUEST_LIMIT = 10 * 1024 * 1024
PAYLOAD_LIMIT = 6 * 1024 * 1024


class GatewayRefusal(LocalGatewayException):
    """One of API Gateway's own answers; `name` is its name there (deploy.template.gateway_answers)."""

    def __init__(self, name: str, otherwise: int) -> None:
        super().__init__({}, b"")
        self.name = name
        self.status = gateway_answers.ANSWERS[name].status or otherwise


@cache
def _bodies(name: str) -> dict[str, str]:
    return gateway_answers.bodies(policy(), os.environ.get("PUBLIC_URL", ""), name)


class Events(LambdaEventConverter):
    """Makes the event of a request as API Gateway does."""

    def __init__(self, matcher: RouteMatcher, methods: dict[str, Any], peer: str) -> None:
        super().__init__(matcher)
        self._methods = methods
        self._peer = peer

    def create_lambda_event(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None = None
    ) -> dict[str, Any]:
        """The event. Every body is base64: resources.yaml declares every type as binary to API Gateway."""
        try:
            event: dict[str, Any] = super().create_lambda_event(method, path, headers, None)
        except ValueError:
            raise GatewayRefusal("MISSING_AUTHENTICATION_TOKEN", 403) from None
        context, sent = event["requestContext"], event["headers"]
        if method not in self._methods[context["resourcePath"]]:
            raise GatewayRefusal("MISSING_AUTHENTICATION_TOKEN", 403)
        before = sent.get("x-forwarded-for")
        sent["x-forwarded-for"] = f"{before}, {self._peer}" if before else self._peer
        sent.setdefault("x-forwarded-proto", "http")
        context["identity"] = {"sourceIp": self._peer, "userAgent": sent.get("user-agent", "")}
        context["requestId"] = str(uuid.uuid4())
        event["isBase64Encoded"] = body is not None
        event["body"] = None if body is None else base64.b64encode(body).decode()
        if len(event["body"] or "") + len(json.dumps(sent)) > PAYLOAD_LIMIT:
            raise GatewayRefusal("REQUEST_TOO_LARGE", 413)
        return event


class Handler(ChaliceRequestHandler):
    """Serves one connection."""

    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        """Make the gateway of this connection use our events."""
        app = self.local_gateway._app_object
        self.local_gateway.event_converter = Events(RouteMatcher(list(app.routes)), app.routes, self.client_address[0])
        super().setup()

    def handle_expect_100(self) -> bool:
        """Tell the client at once to go on, since it waits for this."""
        going_on: bool = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def _serve(self) -> None:
        self._started = time.monotonic()
        try:
            headers, body = self._request()
            answer = self.local_gateway.handle_request(self.command, self.path, headers, body)
            if len(answer.get("body") or "") > PAYLOAD_LIMIT:
                raise GatewayRefusal("DEFAULT_5XX", 502)
            content = self._handle_binary(answer)["body"]
            given = {**answer["headers"], **answer["multiValueHeaders"]}
            self._send_http_response(answer["statusCode"], given, content)
        except GatewayRefusal as refusal:
            bodies = _bodies(refusal.name)
            kind = gateway_answers.chosen(bodies, self.headers.get("Accept", ""))
            headers = {"Content-Type": kind, **gateway_answers.HEADERS}
            if self.close_connection:
                headers["Connection"] = "close"
            self._send_http_response(refusal.status, headers, bodies[kind])

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve

    def _request(self) -> tuple[dict[str, str], bytes | None]:
        chunked = "chunked" in self.headers.get("Transfer-Encoding", "").lower()
        pieces, size = [], 0
        for piece in self._chunks() if chunked else self._pieces(int(self.headers.get("Content-Length") or 0)):
            size += len(piece)
            # Read even a too large body to its end: a client that is still writing would not see the answer.
            if size <= REQUEST_LIMIT:
                pieces.append(piece)
        if size > REQUEST_LIMIT:
            self.close_connection = True
            raise GatewayRefusal("REQUEST_TOO_LARGE", 413)
        return dict(self.headers.items()), b"".join(pieces) if pieces else None

    def _pieces(self, left: int) -> Any:
        while left > 0 and (piece := self.rfile.read(min(left, 1 << 20))):
            left -= len(piece)
            yield piece

    def _chunks(self) -> Any:
        while size := int(self.rfile.readline().partition(b";")[0].strip() or b"0", 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass

    def _send_http_response_with_body(self, code: int, headers: dict[str, Any], body: str | bytes) -> None:
        if self.command != "HEAD":
            super()._send_http_response_with_body(code, headers, body)
            return
        size = len(body.encode() if isinstance(body, str) else body)
        self.send_response(code)
        self._send_headers({"Content-Type": "application/json", **headers, "Content-Length": str(size)})

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log one line per request: what was asked, the answer's status, the time it took."""
        taken = (time.monotonic() - getattr(self, "_started", time.monotonic())) * 1000
        # One write: other connections could print between the pieces of a print().
        sys.stdout.write(f"{self.command} {self.path} {int(code)} {taken:.0f} ms\n")
