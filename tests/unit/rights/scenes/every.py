"""A life of a shop in which every function does all it can do."""

from collections.abc import Callable
from functools import cache

from tests.unit.rights.recording import Recorder
from tests.unit.rights.scenes import admins, agents, clock, customers
from tests.unit.rights.scenes.stage import Stage
from tests.unit.rights.scenes.staging import staged

# Each row in a world of its own: what lies in the table makes each request to it slower.
SCENES: tuple[tuple[Callable[[Stage], None], ...], ...] = (
    (customers.forms, customers.customers),
    (customers.mails,),
    (agents.console,),
    (agents.desk, agents.single_sign_on),
    (clock.mail_out,),
    (clock.proven,),
    (clock.time_passes,),
    (clock.without_the_stream,),
    (admins.admins,),
    (admins.exports,),
    (admins.undelivered_mails,),
    (admins.purge,),
    (admins.erase,),
)


@cache
def recorded() -> Recorder:
    """All of it lived through, once."""
    recorder = Recorder()
    for row in SCENES:
        with staged(recorder) as stage:
            for scene in row:
                scene(stage)
    return recorder
