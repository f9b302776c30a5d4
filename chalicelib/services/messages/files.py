"""The files in a message, fetched at once: a provider's links expire (decision 292). Its words never depend on them:
when the event is read for the last time, no file is fetched any more."""

from dataclasses import replace

from chalicelib.errors import UnknownFile
from chalicelib.rules.events.messages.said import Media, Said
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.filing import IncomingFile
from chalicelib.telemetry import logger

ENOUGH = 35 * 1024 * 1024
"""When one message's files have more bytes than these, no further one is fetched: the function holds them all."""
_PLAIN = "application/octet-stream"


def fetched(
    deps: Deps, shop: Shop, said: Said, inbound: Inbound, *, last: bool = False
) -> tuple[Inbound, list[IncomingFile]]:
    """The files, and the arrival that says if one is lost. `last`: the event is not delivered again. Raises
    TryAgainLater: then it is."""
    found, lost = list[IncomingFile](), False
    for number, media in enumerate(said.media, 1):
        if last or sum(len(each.content) for each in found) > ENOUGH:
            lost = True
            break
        try:
            found.append(_one(deps, shop, said, media, number))
        except UnknownFile:
            logger.warning("a messenger did not give out a file", extra={"provider": said.who.provider})
            lost = True
    return replace(inbound, remarks=(*inbound.remarks, Remark.FILES_LOST)) if lost else inbound, found


def _one(deps: Deps, shop: Shop, said: Said, media: Media, number: int) -> IncomingFile:
    got = deps.channels.fetch(shop.id, said.who.provider, said.account, media.id, media.url)
    type = got.content_type or media.content_type
    plain = type.partition(";")[0].strip().lower()
    safe = plain if plain.isascii() and plain.isprintable() and plain.count("/") == 1 else _PLAIN
    name = media.filename or got.filename or f"{said.who.provider}-{number}"
    return IncomingFile(_named(name, safe), safe, got.content)


def _named(name: str, type: str) -> str:
    from chalicelib.mail.attachments import filenames  # few messages have files

    return filenames.safe(name, type, 1)
