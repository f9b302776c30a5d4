"""Until they are purged, all logs of any tickets verify. After the purge, a scan of the whole store and of all versions
in the buckets finds nothing about anybody."""

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.services.privacy import auditing
from tests.support.records import exported, found, purge, state, years_later
from tests.support.scenarios import AGENTS_WORD, JON, STEPS, WILMA, Life
from tests.support.store.fakes import world as new_world

AUDIT_EVENTS = st.lists(
    st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from([WILMA, JON]), st.integers(0, 9), st.integers(0, 9)),
    max_size=25,
)
# Most lives begin with these steps: without tickets nothing can be done.
OPENINGS = st.lists(
    st.tuples(st.sampled_from(["form", "mail", "call"]), st.sampled_from([WILMA, JON]), st.integers(0, 9), st.just(0)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(OPENINGS, AUDIT_EVENTS)
def test_after_a_purge_no_personal_data_is_left(
    openings: list[tuple[str, object, int, int]], audit_events: list[tuple[str, object, int, int]]
) -> None:
    world = new_world(limits_on=False)
    life = Life(world)
    for step, who, one, other in (*openings, *audit_events):
        life.do(step, who, one, other)  # type: ignore[arg-type]
    for ref in world.store.tickets:
        ticket_partition = world.store.ticket_partition(ref)
        assert ticket_partition
        assert set(auditing.verdicts(world.deps, ticket_partition.ticket.ref, ticket_partition).values()) == {
            Verdict.WHOLE
        }
    life.closes_all()
    exported(world, WILMA.address)
    years_later(world)
    answer = purge(world)
    assert (answer["kept"], answer["complete"]) == ({}, True)
    assert found(world, *WILMA.traces, *JON.traces, AGENTS_WORD) == []
    kept = state(world)
    kept.pop("certificates")
    assert not any(kept.values()), {name: value for name, value in kept.items() if value}
