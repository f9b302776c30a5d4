"""The running stack's door for events, as those who post to it see it."""

import sys
from collections.abc import Callable

import urllib3

from chalicelib.rules.events.sources import Source
from local import state
from local.events import secrets

_PATIENCE = urllib3.Timeout(connect=3, read=30)


class NotPosted(Exception):
    """The event was not posted; the message is a sentence for people."""


def told(send: Callable[[], tuple[int, str]]) -> int:
    """Print the status and the answer, or why nothing was posted. Returns 0 if the event was taken."""
    try:
        status, answer = send()
    except (NotPosted, state.NotRunning) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{status} {answer}")
    return 0 if status == 200 else 1


def found(stack: state.Stack, source: Source, shop: str = "", secret: str = "") -> tuple[str, str]:
    """The address at which the source posts, and its secret. Without a shop, the first one with this source; without a
    secret, the stack's own. Raises NotPosted."""
    known = secrets.read(stack.endpoint, stack.resources[secrets.RESOURCE])
    shop = shop or next((shop for shop, each in known if each is source), "")
    own = known.get((shop, source))
    secret = secret or (own.current if own else "")
    if not secret:
        raise NotPosted(f"The stack has no secret for {source} of {shop or 'any shop'}.")
    return f"{stack.url}/in/{shop}/{source}", secret


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    """The status and the body of the answer. Raises NotPosted."""
    with urllib3.PoolManager(timeout=_PATIENCE, retries=False) as http:
        try:
            answer = http.request("POST", url, body=body, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise NotPosted(f"{url} does not answer: {error}") from None
    return answer.status, answer.data.decode()
