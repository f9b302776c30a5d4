"""What may be sent until when."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.rules.identity.handles import Provider
from chalicelib.rules.messages.window import How, ends, window

LAST = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("provider", "hours", "how"),
    [
        (Provider.WHATSAPP, 23.99, How.FREE),
        (Provider.WHATSAPP, 24, How.CLOSED),
        (Provider.MESSENGER, 23.99, How.FREE),
        (Provider.MESSENGER, 24, How.TAGGED),
        (Provider.INSTAGRAM, 167.9, How.TAGGED),
        (Provider.INSTAGRAM, 168, How.CLOSED),
        (Provider.TELEGRAM, 10_000, How.FREE),
        (Provider.SMS, 10_000, How.FREE),
    ],
)
def test_what_may_be_sent(provider: Provider, hours: float, how: How) -> None:
    found = window(provider, LAST, LAST + timedelta(hours=hours))
    assert found.how is how
    assert found.until == ends(provider, LAST)


def test_when_it_ends() -> None:
    assert ends(Provider.WHATSAPP, LAST) == LAST + timedelta(days=1)
    assert ends(Provider.MESSENGER, LAST) == LAST + timedelta(days=7)
    assert ends(Provider.SMS, LAST) is None
