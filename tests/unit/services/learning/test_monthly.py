"""The mail about a month: once to each owner, with the first digest of the next month."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from chalicelib.rules.learning.improvements import Act, Stage, acted
from chalicelib.rules.policy.promises import ReportTerms
from chalicelib.services.delivery import monthly
from chalicelib.services.delivery.digesting import contents, send_digests
from chalicelib.services.learning import improving
from tests.support.learning.reported import quarter
from tests.support.learning.streamed import given
from tests.support.store.fakes import World, refusing

# A Tuesday; 08:00 in Berlin is 07:00 UTC in winter.
FIRST = datetime(2026, 12, 1, 7, 30, tzinfo=UTC)


def months(world: World) -> list[str]:
    ids = {id for id, tags in world.mailer.tags.items() if tags["purpose"] == "monthly_report"}
    return [mail.recipient for mail in world.mailer.sent if mail.id in ids]


def only(world: World, at: datetime = FIRST, *, monthly: bool = True) -> World:
    world.with_shop(reports=ReportTerms(monthly))
    world.deps = replace(world.deps, policy=replace(world.deps.policy, shops={"northlight": world.shop}))
    world.clock.at = at
    return world


def test_each_owner_gets_it_once(world: World) -> None:
    quarter(only(world), date(2026, 11, 30))
    owners = [agent.address for agent in world.shop.agents if agent.role == "owner"]
    for hours in (0, 1, 24, 48):
        world.clock.at = FIRST + timedelta(hours=hours)
        send_digests(world.deps, {})
    assert months(world) == owners


def test_it_is_about_the_month_before(world: World) -> None:
    quarter(only(world), date(2026, 11, 30))
    send_digests(world.deps, {})
    mail = next(mail for mail in world.mailer.sent if world.mailer.tags[mail.id]["purpose"] == "monthly_report")
    text = bytes(mail.raw).decode()
    assert "November 2026" in text
    told = monthly.contents(world.deps, world.shop, date(2026, 12, 1))
    assert "from=2026-11-01&to=2026-11-30" in told["url"]
    assert sum(row[0][2] != "0" for row in told["pictures"][0]["rows"])
    assert all(len(picture["rows"]) <= 8 for picture in told["pictures"])


def test_the_month_before_the_first_of_january_and_of_march(world: World) -> None:
    for today, days, name in (
        (date(2027, 1, 4), "from=2026-12-01&to=2026-12-31", "December 2026"),
        (date(2028, 3, 1), "from=2028-02-01&to=2028-02-29", "February 2028"),
    ):
        told = monthly.contents(world.deps, world.shop, today)
        assert (told["month"], days in told["url"]) == (name, True)


def test_a_shop_without_anything_has_a_mail_of_sentences(world: World) -> None:
    send_digests(only(world).deps, {})
    assert months(world)
    told = monthly.contents(world.deps, world.shop, date(2026, 12, 1))
    assert not [picture for picture in told["pictures"] if picture["rows"]]


def test_not_late_in_a_month_and_not_where_it_is_switched_off(world: World) -> None:
    only(world, FIRST + timedelta(days=9))
    send_digests(world.deps, {})
    only(world, FIRST, monthly=False)
    send_digests(world.deps, {})
    assert months(world) == []


def test_a_mail_that_could_not_be_sent_is_sent_by_a_later_run_and_holds_up_no_digest(world: World) -> None:
    only(world)
    world.mailer.failing += refusing(passing=True)
    assert send_digests(world.deps, {}) == {"sent": ["northlight"]}
    assert months(world) == []
    world.clock.advance(minutes=15)
    send_digests(world.deps, {})
    assert len(months(world)) == 1


def test_the_digest_proposes_and_names_what_is_overdue(world: World) -> None:
    given(world, {1: 5})
    assert contents(world.deps, world.shop)["improvements"] == []
    (proposed,) = world.store.improved.values()
    world.clock.at = proposed.due + timedelta(days=1)
    (line,) = contents(world.deps, world.shop)["improvements"]
    assert line["cause"] == "It arrived damaged · The courier"
    assert proposed.id in line["url"]
    ada = world.shop.agents[0]
    improving.act(world.deps, world.shop, proposed.id, Act.ACCEPT, {}, ada)
    fields = {"change": "A thicker box.", "changed_on": world.clock.at.date().isoformat()}
    changed = improving.act(world.deps, world.shop, proposed.id, Act.CHANGED, fields, ada)
    assert changed.stage is Stage.CHANGED
    assert contents(world.deps, world.shop)["improvements"] == []
    assert acted(changed, Act.CHANGED, fields, ada, world.deps.context(world.shop)) is None
