"""Sends by messengers and fetches what people send by them, over HTTP: Meta's Graph API, Telegram's Bot API, Twilio.

Tokens are the shop's, from the secret of the sources.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import urllib3

from chalicelib.errors import NotSent, UnknownFile
from chalicelib.external.channel_calls import Call, sending
from chalicelib.external.channel_files import ChannelFiles, in_time
from chalicelib.rules.events.sources import Source
from chalicelib.rules.identity.handles import Provider
from chalicelib.services.ports.messages.channels import Fetched, Outgoing
from chalicelib.telemetry import logger

if TYPE_CHECKING:
    from chalicelib.rules.events.source_keys import AllKeys, SourceKeys

SOURCES = {
    Provider.WHATSAPP: Source.META, Provider.MESSENGER: Source.META, Provider.INSTAGRAM: Source.META,
    Provider.TELEGRAM: Source.TELEGRAM, Provider.SMS: Source.TWILIO,
}  # fmt: skip
APIS = {
    Source.META: "https://graph.facebook.com/v24.0", Source.TELEGRAM: "https://api.telegram.org",
    Source.TWILIO: "https://api.twilio.com",
}  # fmt: skip
_SENDING = urllib3.Timeout(connect=3, read=8)
# The provider says that the token is wrong, has expired or was withdrawn; a new one helps.
_TOKEN_REFUSED = (401, 403)


class Channels:
    """Implements services.ports.messages.channels.Channels. `local`: on a developer's machine, where providers are
    played."""

    def __init__(self, keys: Callable[[], "AllKeys"], *, local: bool = False) -> None:
        self._keys = keys
        self._http = urllib3.PoolManager(retries=False)
        self._files = ChannelFiles(self._http, local=local)

    def send(self, shop: str, message: Outgoing) -> str:
        keys = self._keys_of(shop, message.to.provider)
        token = keys.token(message.account) if keys else ""
        if keys is None or not token:
            raise NotSent("NoToken: the shop has none for this messenger", passing=False)
        call = sending(message, token)
        try:
            answer = self._http.request(
                "POST", f"{self._base(keys, message.to.provider)}{call.path}", body=call.body, headers=call.headers,
                timeout=_SENDING,
            )  # fmt: skip
        except urllib3.exceptions.NewConnectionError as error:
            raise NotSent(type(error).__name__, passing=True) from error
        except urllib3.exceptions.HTTPError as error:
            raise NotSent(type(error).__name__, passing=True, unanswered=True) from error
        return _id(answer.status, answer.data, call)

    def may_send(self, shop: str, provider: Provider, account: str) -> bool:
        keys = self._keys_of(shop, provider)
        return keys is not None and keys.token(account) != ""

    def fetch(self, shop: str, provider: Provider, account: str, id: str, url: str) -> Fetched:
        keys = self._keys_of(shop, provider)
        if keys is None:
            raise UnknownFile(id)
        token, base = keys.token(account), self._base(keys, provider)
        return in_time(lambda: self._fetched(base, token, provider, id, url))

    def _fetched(self, base: str, token: str, provider: Provider, id: str, url: str) -> Fetched:
        bearer = {"Authorization": f"Bearer {token}"}
        if provider is Provider.TELEGRAM:
            told = self._json(f"{base}/bot{token}/getFile?{urlencode({'file_id': id})}", {}).get("result")
            path = told.get("file_path") if isinstance(told, dict) else None
            if not isinstance(path, str):
                raise UnknownFile(id)
            return self._files.get(f"{base}/file/bot{token}/{quote(path)}", {})
        if provider is Provider.WHATSAPP:
            return self._files.get(str(self._json(f"{base}/{quote(id, safe='')}", bearer).get("url", "")), bearer)
        basic = urllib3.make_headers(basic_auth=token) if provider is Provider.SMS else {}
        return self._files.get(url, basic)

    def _keys_of(self, shop: str, provider: Provider) -> "SourceKeys | None":
        return self._keys().get((shop, SOURCES[provider]))

    def _base(self, keys: "SourceKeys", provider: Provider) -> str:
        return keys.api.url.rstrip("/") if keys.api else APIS[SOURCES[provider]]

    def _json(self, url: str, headers: Mapping[str, str]) -> dict[str, Any]:
        try:
            found = json.loads(self._files.get(url, headers).content)
        except ValueError:
            found = None
        return found if isinstance(found, dict) else {}


def _id(status: int, data: bytes, call: Call) -> str:
    """The id in the provider's answer. Its words are not told on: they may name the person."""
    if status == 429 or status >= 500:
        raise NotSent(f"Status{status}", passing=True)
    try:
        said = json.loads(data)
    except ValueError:
        said = {}
    if 200 <= status < 300:
        return call.id_of(said) or "unknown"
    if status in _TOKEN_REFUSED or call.names_token(said):
        logger.error("a messenger refuses our token", extra={"status": status})
        raise NotSent("TokenRefused", passing=True, token=True)
    raise NotSent(f"{call.code_of(said) or status}: refused", passing=False)
