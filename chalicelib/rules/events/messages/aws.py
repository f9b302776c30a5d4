"""What AWS End User Messaging publishes to a topic: WhatsApp's entry as text ("Message and event format"), text
messages ("Example of a two-way SMS message payload"), and what became of ours ("Example event data", "Event types for
SMS").

The shop's number is the account, written so that an answer goes out by AWS too: `aws/phone-number-id-…` or `aws/+49…`.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.rules.events.fields import Fields, NotReadable, parsed
from chalicelib.rules.events.messages import meta, whatsapp
from chalicelib.rules.events.messages.said import Heard, Kind, Progress, Said, Told
from chalicelib.rules.events.messages.texts import of_number
from chalicelib.rules.events.messages.words import words

BY_AWS = "aws/"
"""With this begins the account of whatever came by AWS."""
_ARN = ":phone-number-id/"
_ID, _ENTRY, _EVENT = "phone-number-id-", "whatsAppWebhookEntry", "eventType"
# "Successful" is the carrier's word that it has the message, which we have said as "sent". Of what is "unknown" after
# three days, nobody can say anything.
_DELIVERED = "TEXT_DELIVERED"
_FAILED = (
    "TEXT_INVALID", "TEXT_INVALID_MESSAGE", "TEXT_UNREACHABLE", "TEXT_CARRIER_UNREACHABLE", "TEXT_BLOCKED",
    "TEXT_CARRIER_BLOCKED", "TEXT_SPAM", "TEXT_TTL_EXPIRED", "TEXT_PROTECT_BLOCKED",
)  # fmt: skip


def numbers(body: Fields) -> tuple[str, ...]:
    """The shop's own numbers that a body is about, as the policy names them; none if it is about the whole account.
    Raises NotReadable if it is none of these sorts."""
    if _ENTRY in body.value:
        return tuple(_ids(body).values())
    return (body.needed("originationPhoneNumber" if _EVENT in body.value else "destinationNumber"),)


def heard(body: Fields, now: datetime) -> Heard:
    """What a body says. `now`: when it came; text messages have no moment. Raises NotReadable."""
    if _ENTRY in body.value:
        return _of_whatsapp(body)
    return _of_event(body, now) if _EVENT in body.value else _of_text(body, now)


def _of_whatsapp(body: Fields) -> Heard:
    entry = body.value[_ENTRY]
    if not isinstance(entry, str):
        raise NotReadable(_ENTRY)
    found, ids = meta.gathered(whatsapp.of_entry, [parsed(entry.encode("utf-8", "surrogatepass"))]), _ids(body)
    said = (replace(each, account=f"{BY_AWS}{ids[each.account]}") for each in found.said if each.account in ids)
    return replace(found, said=tuple(said), told=_by_our_id(body, found.told))


def _by_our_id(body: Fields, told: tuple[Told, ...]) -> tuple[Told, ...]:
    """What AWS answered when we sent is the header's id, of one message; WhatsApp's own stand in the entry."""
    id = body.text("messageId")
    return tuple(replace(each, id=id) for each in told) if id and len({each.id for each in told}) == 1 else told


def _of_event(body: Fields, now: datetime) -> Heard:
    """What became of a text message of ours. Some carriers are reached at a later try, so only the last word is a
    failure."""
    event, id = body.text(_EVENT), body.needed("messageId")
    if event == _DELIVERED:
        return Heard(told=(Told(id, Progress.DELIVERED, now),))
    if event in _FAILED and body.value.get("isFinal") is not False:
        return Heard(told=(Told(id, Progress.FAILED, now, event.removeprefix("TEXT_")),))
    return Heard()


def _of_text(body: Fields, now: datetime) -> Heard:
    who, id = of_number(body.needed("originationNumber")), body.needed("inboundMessageId")
    if who is None:
        return Heard(left_out=1)
    text = words(body, "messageBody")
    kind = Kind.WORDS if text else Kind.OTHER
    return Heard((Said(kind, who, f"{BY_AWS}{body.needed('destinationNumber')}", id, now, text),))


def _ids(body: Fields) -> dict[str, str]:
    """AWS's ids of the numbers, by Meta's."""
    listed = body.child("context").children("MetaPhoneNumberIds")
    found = {each.text("metaPhoneNumberId"): each.text("arn").partition(_ARN)[2] for each in listed}
    return {meta_id: f"{_ID}{id}" for meta_id, id in found.items() if meta_id and id}
