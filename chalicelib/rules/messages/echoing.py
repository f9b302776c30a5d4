"""Whether an answer that a provider says went out from its own app is ours, sent by its interface: the echo may come
before the provider's id of it is recorded, and of a long text only the last part's id is (decision 302)."""

from datetime import datetime, timedelta

from chalicelib.rules.identity.handles import Provider, of_address
from chalicelib.rules.messages.splitting import parts
from chalicelib.rules.tickets.messages import Author, Visibility
from chalicelib.rules.tickets.outbox import Stage
from chalicelib.rules.tickets.ticket import Message

SOON = timedelta(hours=1)


def may_be_echoed(message: Message, at: datetime) -> bool:
    """Whether an echo of this moment may repeat the message: it is being sent to a messenger, or was written lately."""
    box = message.outbox
    if message.author is not Author.AGENT or message.visibility is Visibility.INTERNAL or box is None:
        return False
    to_messenger = any(of_address(mail.to) for mail in box.deliveries)
    return to_messenger and (box.stage is not Stage.DONE or abs(at - message.at) <= SOON)


def repeats(echo: str, text: str, provider: Provider) -> bool:
    """Whether the echo is a part of the text, as the provider got it."""
    return echo.strip() in parts(text, provider)
