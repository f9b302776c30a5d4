"""The embedded AWS with what a deployment needs and it lacks: run as a program in its place, by its own Python.

Added are receipt rule sets in templates, the domain that mail leaves from, identities that stay unverified until their
DKIM records are in DNS, the API's methods that take any verb, updates by which an API keeps its address, numbers in
parameters, and moments to which a table can be restored (it is restored as it is now, whatever the moment). DNS is the
JSON file in the setting REHEARSAL_DNS (local.rehearsal.name_server).
"""

import json
import os
import re
import secrets
import time
from pathlib import Path
from typing import Any

from ministack.services import apigateway_v1, dynamodb, ses, ses_v2
from ministack.services.cloudformation import provisioners

Answer = tuple[int, dict[str, str], bytes]
_original = ses_v2.handle_request
_import_path = apigateway_v1._import_path_item
_update_other = provisioners._apigw_rest_api_update
_sources = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
_make_other_source, _update_other_source = _sources["create"], _sources["update"]
_describe_backups = dynamodb._describe_continuous_backups
_RECOVERY: dict[str, Any] = {"PointInTimeRecoveryStatus": "ENABLED"}
_RESTORABLE_SECONDS = 35 * 24 * 60 * 60
_ANY = "x-amazon-apigateway-any-method"


def _make_set(logical: str, props: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
    name = props.get("RuleSetName") or f"{stack}-{logical}-{secrets.token_hex(6)}"
    ses._create_receipt_rule_set({"RuleSetName": [name]})
    return name, {}


def _delete_set(physical: str, _props: dict[str, Any]) -> None:
    status, _, body = ses._delete_receipt_rule_set({"RuleSetName": [physical]})
    if status != 200:
        raise ValueError(body.decode() if isinstance(body, bytes) else body)


def _make_rule(_logical: str, props: dict[str, Any], _stack: str) -> tuple[str, dict[str, str]]:
    rule = {"TlsPolicy": "Optional"} | props["Rule"]
    if refused := ses._receipt_rule_error(rule):
        raise ValueError(str(refused))
    ses._receipt_rule_sets[props["RuleSetName"]]["Rules"].append(rule)
    return rule["Name"], {}


def _delete_rule(physical: str, props: dict[str, Any]) -> None:
    found = ses._receipt_rule_sets.get(props["RuleSetName"], {"Rules": []})
    found["Rules"] = [rule for rule in found["Rules"] if rule["Name"] != physical]


async def _handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
    found = re.fullmatch(r"(?:/v2/email)?/identities/([^/]+)(/mail-from|/feedback)?", path.rstrip("/"))
    identity = ses_v2._identities.get(found[1]) if found else None
    if found and identity and method == "PUT" and found[2]:
        return _put(identity, found[2], json.loads(body))
    if found and identity and method == "GET":
        _verify(identity)
    answer = await _original(method, path, headers, body, query)
    if method == "POST" and path.rstrip("/").endswith("/identities") and answer[0] == 200:
        made = ses_v2._identities[json.loads(body)["EmailIdentity"]]
        made |= {"VerifiedForSendingStatus": False, "FeedbackForwardingStatus": True}
    return answer


def _put(identity: dict[str, Any], part: str, given: dict[str, Any]) -> Answer:
    if part == "/mail-from":
        identity["MailFromAttributes"] = given
    else:
        identity["FeedbackForwardingStatus"] = given["EmailForwardingEnabled"]
    return 200, {"Content-Type": "application/json"}, b"{}"


def _verify(identity: dict[str, Any]) -> None:
    """Look at the DKIM records, as SES does. A verified domain may send by both versions of the API."""
    published = json.loads(Path(os.environ["REHEARSAL_DNS"]).read_text(encoding="utf-8"))
    names = [f"{token}._domainkey.{identity['EmailIdentity']} CNAME" for token in identity["DkimAttributes"]["Tokens"]]
    if names and all(name in published for name in names):
        identity["VerifiedForSendingStatus"] = True
        identity["DkimAttributes"]["Status"] = "SUCCESS"
        ses._verify_domain_identity({"Domain": [identity["EmailIdentity"]]})


def _import_any(api: str, path: str, methods: dict[str, Any], *security: Any) -> None:
    _import_path(api, path, {"any" if name == _ANY else name: each for name, each in methods.items()}, *security)


def _update_api(
    physical: str, old: dict[str, Any], new: dict[str, Any], stack: str, logical_id: str | None = None
) -> tuple[str, dict[str, str]]:
    """Read the paths again into the same API, instead of making another one as the embedded AWS does."""
    resources = apigateway_v1._resources[physical]
    for each in [each for each, resource in resources.items() if resource["path"] != "/"]:
        del resources[each]
    for path, methods in new["Body"]["paths"].items():
        _import_any(physical, path, methods)
    updated: tuple[str, dict[str, str]] = _update_other(physical, old | {"Body": new["Body"]}, new, stack, logical_id)
    return updated


def _describe_restorable(data: dict[str, Any]) -> Answer:
    """A table's recovery, which the embedded AWS does not switch on for a template: on, as far back as on AWS."""
    status, headers, body = _describe_backups(data)
    told = json.loads(body)
    if status == 200:
        now = int(time.time())
        since = {"EarliestRestorableDateTime": now - _RESTORABLE_SECONDS, "LatestRestorableDateTime": now}
        told["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"] = _RECOVERY | since
    return status, headers, json.dumps(told).encode()


def _numbered(props: dict[str, Any]) -> dict[str, Any]:
    """An event source's properties, with the number that a parameter made a text of, as CloudFormation does."""
    scaling = {name: int(number) for name, number in props.get("ScalingConfig", {}).items()}
    return props | {"ScalingConfig": scaling} if scaling else props


def _make_source(logical: str, props: dict[str, Any], stack: str) -> Any:
    return _make_other_source(logical, _numbered(props), stack)


def _update_source(physical: str, old: dict[str, Any], new: dict[str, Any], *more: Any) -> Any:
    return _update_other_source(physical, _numbered(old), _numbered(new), *more)


if __name__ == "__main__":
    _sources |= {"create": _make_source, "update": _update_source}
    provisioners._RESOURCE_HANDLERS["AWS::SES::ReceiptRuleSet"] = {"create": _make_set, "delete": _delete_set}
    provisioners._RESOURCE_HANDLERS["AWS::SES::ReceiptRule"] = {"create": _make_rule, "delete": _delete_rule}
    provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::RestApi"]["update"] = _update_api
    ses_v2.handle_request = _handle
    dynamodb._describe_continuous_backups = _describe_restorable
    apigateway_v1._OPENAPI_HTTP_METHODS = {*apigateway_v1._OPENAPI_HTTP_METHODS, "any"}
    apigateway_v1._import_path_item = _import_any

    from ministack.app import main

    main()
