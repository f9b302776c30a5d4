"""The life of a shop in which every function does everything it can do."""

from collections.abc import Callable
from functools import cache

from tests.unit.rights.recording import Recorder
from tests.unit.rights.scenes import (
    admins,
    agents,
    bells,
    chats,
    clock,
    customers,
    events,
    messengers,
    orders,
    products,
)  # fmt: skip
from tests.unit.rights.scenes.stage import Stage
from tests.unit.rights.scenes.staging import staged

# Each row has its own world: the more the table holds, the slower each request.
SCENES: tuple[tuple[Callable[[Stage], None], ...], ...] = (
    (customers.forms, customers.customers),
    (customers.mails,),
    (events.shops_events,),
    (events.missed_calls,),
    (messengers.messengers,),
    (messengers.by_aws,),
    (events.catching_up,),
    (events.telling,),
    (agents.console,),
    (agents.desk, agents.single_sign_on),
    (agents.reports,),
    (agents.away,),
    (bells.live,),
    (chats.chats,),
    (clock.mail_out,),
    (clock.proven,),
    (clock.time_passes,),
    (clock.days_close,),
    (clock.without_the_stream,),
    (orders.orders, orders.pages),
    (orders.privacy,),
    (products.published,),
    (products.waiting, products.passport),
    (admins.admins,),
    (admins.exports,),
    (admins.undelivered_mails,),
    (admins.purge,),
    (admins.erase,),
)


@cache
def recorded() -> Recorder:
    """Run all scenes once."""
    recorder = Recorder()
    for row in SCENES:
        with staged(recorder) as stage:
            for scene in row:
                scene(stage)
    return recorder
