"""Chalice's local server, changed to behave like API Gateway."""

import contextlib
import http.client
import json
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.app import Chalice, Response
from chalice.config import Config
from chalice.local import CustomLocalChalice, LocalChalice, LocalDevServer

from deploy.template import gateway_answers
from local import ports
from local.web.gateway import Handler
from local.web.serving import OnSocket, serving
from tests.support import shops

app = Chalice(app_name="sample")


@app.route("/echo", methods=["POST"], content_types=["multipart/form-data", "application/json"])
def echo() -> Response:
    request = app.current_request
    assert request is not None
    content = request.raw_body
    assert isinstance(content, bytes)
    body = {
        "size": len(content),
        "sum": sum(content),
        "base64": request._is_base64_encoded,
        "ip": request.context["identity"]["sourceIp"],
        "forwarded": request.headers["x-forwarded-for"],
    }
    return Response(json.dumps(body), headers={"Content-Type": "application/json"})


@app.route("/large")
def large() -> Response:
    return Response("x" * (6 * 1024 * 1024 + 1))


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    CustomLocalChalice.__bases__ = (LocalChalice, app.__class__)
    app.__class__ = CustomLocalChalice
    with ports.take(0, "PORT") as listening:
        server = LocalDevServer(
            app, Config.create(app_name="sample", chalice_app=app), ports.HOST,
            ports.number(listening),
            handler_cls=Handler, server_cls=lambda _address, handler: OnSocket(listening, handler),
        )  # fmt: skip
        with serving(server.server, "web"):
            yield ports.HOST, ports.number(listening)


@pytest.fixture
def connection(address: tuple[str, int]) -> Iterator[http.client.HTTPConnection]:
    with contextlib.closing(http.client.HTTPConnection(*address, timeout=20)) as opened:
        yield opened


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: Any = None, **headers: str) -> str:
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return f"{answer.status} {answer.read().decode()}"


def test_binary_bodies_with_content_type_parameters_arrive_intact(connection: http.client.HTTPConnection) -> None:
    content = os.urandom(2_000_000)
    answer = ask(connection, "POST", "/echo", content, Content_Type="multipart/form-data; boundary=x")
    assert answer.startswith("200")
    read = json.loads(answer[4:])
    assert (read["size"], read["sum"], read["base64"]) == (len(content), sum(content), True)


def test_the_callers_address_is_the_connections_and_last_in_the_list(connection: http.client.HTTPConnection) -> None:
    answer = ask(connection, "POST", "/echo", b"{}", Content_Type="application/json", X_Forwarded_For="203.0.113.9")
    read = json.loads(answer[4:])
    assert (read["ip"], read["forwarded"]) == ("127.0.0.1", "203.0.113.9, 127.0.0.1")


def test_a_body_in_chunks_is_read(connection: http.client.HTTPConnection) -> None:
    answer = ask(connection, "POST", "/echo", iter([b"abc", b"def"]), Content_Type="application/json")
    assert json.loads(answer[4:])["size"] == 6


@pytest.mark.parametrize("size", [5_000_000, 11_000_000])
def test_a_body_too_large_for_lambda_or_api_gateway_is_413(address: tuple[str, int], size: int) -> None:
    with contextlib.closing(http.client.HTTPConnection(*address, timeout=20)) as connection:
        answer = ask(connection, "POST", "/echo", bytes(size), Content_Type="application/json")
    assert answer.startswith("413 ")
    assert json.loads(answer[4:])["title"] == gateway_answers.ANSWERS["REQUEST_TOO_LARGE"].title


def test_an_answer_too_large_for_lambda_is_502(connection: http.client.HTTPConnection) -> None:
    answer = ask(connection, "GET", "/large")
    assert answer.startswith("502 ")
    assert json.loads(answer[4:])["title"] == gateway_answers.ANSWERS["DEFAULT_5XX"].title


def test_unknown_methods_and_paths_are_404_and_keep_the_connection(connection: http.client.HTTPConnection) -> None:
    for method, path in (("GET", "/echo"), ("DELETE", "/echo"), ("OPTIONS", "/echo"), ("GET", "/nothing")):
        assert ask(connection, method, path).startswith("404")
    assert ask(connection, "HEAD", "/large") == "404 "
    assert ask(connection, "POST", "/echo", b"{}", Content_Type="application/json").startswith("200")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/problem+json, text/html", "application/problem+json"),
        ("*/*", "application/json"),
        ("", "application/json"),
        ("image/png;q=1, TEXT/HTML;q=0.1", "text/html"),
    ],
)
@pytest.mark.parametrize("path", ["/favicon.ico", "/echo"])
def test_the_gateways_own_answers_are_the_templates(
    connection: http.client.HTTPConnection, accept: str, kind: str, path: str
) -> None:
    body = bytes(5_000_000) if path == "/echo" else None
    connection.request("POST" if body else "GET", path, body, {"Accept": accept, "Authorization": "Bearer x"})
    answer = connection.getresponse()
    said, headers = answer.read().decode(), answer.headers
    name = "REQUEST_TOO_LARGE" if body else "MISSING_AUTHENTICATION_TOKEN"
    template = gateway_answers.resource(shops.policy())[name]
    assert answer.status == template["StatusCode"]
    written = template["ResponseTemplates"][kind]
    assert said == (written["Fn::Sub"][0].replace("${PublicUrl}", "") if kind == "text/html" else written)
    assert headers["Content-Type"] == kind
    for header, value in template["ResponseParameters"]["Headers"].items():
        assert headers[header] == value.strip("'")
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_a_caller_that_waits_for_100_continue_is_answered_at_once(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=5) as raw:
        raw.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
                    b"Expect: 100-continue\r\nConnection: close\r\n\r\n")  # fmt: skip
        assert raw.recv(100).startswith(b"HTTP/1.1 100 ")
        raw.sendall(b"{}")
        assert raw.recv(1000).startswith(b"HTTP/1.1 200 ")
