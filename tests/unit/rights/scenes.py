"""A life of a shop in which every function does all it can do."""

from collections.abc import Callable
from functools import cache

from tests.unit.rights import scenes_admins, scenes_agents, scenes_clock, scenes_customers
from tests.unit.rights.recording import Recorder
from tests.unit.rights.stage import Stage
from tests.unit.rights.staging import staged

# Each row in a world of its own: what lies in the table makes each request to it slower.
SCENES: tuple[tuple[Callable[[Stage], None], ...], ...] = (
    (scenes_customers.forms, scenes_customers.customers),
    (scenes_customers.mails,),
    (scenes_agents.console,),
    (scenes_agents.desk, scenes_agents.single_sign_on),
    (scenes_clock.mail_out,),
    (scenes_clock.proven,),
    (scenes_clock.time_passes,),
    (scenes_clock.without_the_stream,),
    (scenes_admins.admins,),
    (scenes_admins.exports,),
    (scenes_admins.lost_mails,),
    (scenes_admins.purge,),
    (scenes_admins.erase,),
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
