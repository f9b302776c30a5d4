"""Answers that API Gateway gives itself, as in the packaged stack."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from chalicelib.rendering import words
from deploy.template import api_methods, gateway_answers
from tests.deploy.packages import Package
from tests.support import shops

POLICY = shops.policy()
# Placeholders: the gateway's own variables; and ours, which CloudFormation replaces.
_PUT_IN = re.compile(r"\$(?!\{PublicUrl\})")


@pytest.mark.parametrize("name", gateway_answers.ANSWERS)
class TestEachAnswer:
    def test_is_in_the_template_with_cors_and_without_sniffing(self, packaged: Package, name: str) -> None:
        (api,) = packaged.of_type("AWS::Serverless::Api").values()
        written = api["GatewayResponses"]
        assert written == gateway_answers.resource(POLICY)
        headers = written[name]["ResponseParameters"]["Headers"]
        assert headers["Access-Control-Allow-Origin"] == "'*'"
        assert headers["X-Content-Type-Options"] == "'nosniff'"
        assert written[name].get("StatusCode") == gateway_answers.ANSWERS[name].status

    def test_programs_get_a_problem_document(self, name: str) -> None:
        bodies = gateway_answers.bodies(POLICY, "${PublicUrl}", name)
        problem = json.loads(bodies["application/problem+json"])
        assert bodies["application/json"] == bodies["application/problem+json"]
        assert problem["type"] == "about:blank" and problem["title"]
        assert problem.get("status") == gateway_answers.ANSWERS[name].status
        assert "$" not in bodies["application/json"]

    def test_people_get_a_page_in_every_language_with_a_link(self, name: str) -> None:
        html = gateway_answers.bodies(POLICY, "${PublicUrl}", name)["text/html"]
        shown = LexborHTMLParser(html)
        assert {part.attributes["lang"] for part in shown.css("section")} == set(words.languages())
        assert len(shown.css("h1")) == len(shown.css("main")) == 1
        links = {link.attributes["href"] for link in shown.css("a")}
        assert links == {"${PublicUrl}/"} | {f"mailto:{shop.support}" for shop in POLICY.shops.values()}
        assert not _PUT_IN.search(html)
        assert not shown.css("script, style")


def test_a_shops_name_cannot_inject_placeholders_or_html() -> None:
    shops = {id: replace(shop, name="A $context.stage <b>${AWS::Region}") for id, shop in POLICY.shops.items()}
    html = gateway_answers.bodies(replace(POLICY, shops=shops), "${PublicUrl}", "THROTTLED")["text/html"]
    assert not _PUT_IN.search(html)
    assert "<b>" not in html


def test_every_path_passes_any_method_to_the_same_function(packaged: Package) -> None:
    (api,) = packaged.of_type("AWS::Serverless::Api").values()
    paths = api["DefinitionBody"]["paths"]
    assert "/" in paths
    for methods in paths.values():
        assert list(methods) == [api_methods.ANY]
        assert methods[api_methods.ANY]["x-amazon-apigateway-integration"]["type"] == "aws_proxy"


def test_methods_that_differ_are_not_joined(tmp_path: Path) -> None:
    methods = {"get": {"consumes": ["*/*"]}, "post": {"consumes": []}}
    body = {"Resources": {"RestAPI": {"Properties": {"DefinitionBody": {"paths": {"/x": methods}}}}}}
    (tmp_path / "sam.json").write_text(json.dumps(body))
    with pytest.raises(ValueError, match="/x"):
        api_methods.one_each(tmp_path / "sam.json", tmp_path / "template.json")
