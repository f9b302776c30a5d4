"""health names a source that has gone quiet, and requests about personal data."""

from datetime import timedelta

from chalicelib.rules.identity.handles import Provider
from chalicelib.services.messages.tokens import accepted, refused
from chalicelib.services.operations.source_checks import data_requests, quiet, tokens
from chalicelib.services.ports.events.source_log import DataRequest
from tests.support.store.fakes import World


def test_a_source_that_went_quiet_is_named(world: World) -> None:
    for _ in range(12):
        world.deps.source_log.note_contact("northlight", "woocommerce", world.clock.at)
        world.clock.advance(hours=2)
    assert list(quiet(world.deps)) == []
    world.clock.advance(hours=4)
    ((wrong, todo),) = quiet(world.deps)
    assert wrong == "no event of northlight came from woocommerce for 6 hours (usual: at most 2)"
    assert todo is not None
    world.deps.source_log.note_contact("northlight", "woocommerce", world.clock.at)
    assert list(quiet(world.deps)) == []


def test_a_source_that_never_sent_anything_is_not_named(world: World) -> None:
    world.clock.advance(days=300)
    assert list(quiet(world.deps)) == []


def test_a_request_about_data_is_named_for_three_days(world: World) -> None:
    key = "hooks/northlight/shopify/abc"
    world.store.note_data_request("northlight", DataRequest("shopify", key, world.clock.at))
    ((wrong, todo),) = data_requests(world.deps)
    assert "northlight from shopify on 2026-11-25" in wrong
    assert todo is not None
    assert key in todo
    world.clock.advance(hours=timedelta(days=3) / timedelta(hours=1))
    assert list(data_requests(world.deps)) == []


def test_a_refused_token_is_named_from_the_first_refusal_until_a_message_is_sent(world: World) -> None:
    since = world.clock.at
    assert list(tokens(world.deps)) == []
    for _ in range(2):
        refused(world.deps, world.shop, Provider.SMS, "+493023125019")
        world.clock.advance(hours=1)
    ((wrong, todo),) = tokens(world.deps)
    said = f"sms refuses the token of northlight, account +493023125019, since {since:%Y-%m-%d %H:%M} UTC"
    assert wrong.startswith(said)
    assert todo is not None
    accepted(world.deps, world.shop, Provider.WHATSAPP, "+493023125019")
    assert len(list(tokens(world.deps))) == 1
    accepted(world.deps, world.shop, Provider.SMS, "+493023125019")
    assert list(tokens(world.deps)) == []
