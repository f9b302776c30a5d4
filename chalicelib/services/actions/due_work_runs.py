"""Due-work runs remember which entries killed them. Such an entry is processed last, and the more runs it killed, the
longer it waits.

A killed run (time, memory) leaves no exception: the next run finds its mark without an end. That run records each entry
before it processes it, so if it is killed too, the mark names the entry at fault.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.ports.work import Deaths, RunMark
from chalicelib.telemetry import logger

# The function may run 4 minutes, and starts every 5: a run that has not ended after this time is dead.
LONGEST_RUN = timedelta(minutes=4, seconds=30)
_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(days=1)


def each_in_turn(
    deps: Deps, entries: Iterable[ItemRef], look_after: Callable[[ItemRef], bool], time_left: Callable[[], bool]
) -> tuple[int, int]:
    """Process each entry once while there is time; entries that killed earlier runs come last.

    Returns how many entries there were and how many of them were done.
    """
    mark, careful = _begun(deps)
    deaths = {at.entry: at for at in mark.deaths}
    seen: set[ItemRef] = set()
    suspects: list[ItemRef] = []
    done = 0
    for entry in entries:
        if not time_left():
            break
        if entry in seen:
            continue
        seen.add(entry)
        if key(entry) in deaths:
            suspects.append(entry)
            continue
        if careful:
            deps.work.note_run(replace(mark, at=key(entry)))
        done += look_after(entry)
    else:  # what killed a run and is no longer due was processed elsewhere
        deaths = {key(entry): deaths[key(entry)] for entry in suspects}
    for entry in suspects:
        if _due_again(deaths[key(entry)], deps.now()) and time_left():
            deps.work.note_run(replace(mark, at=key(entry), deaths=tuple(deaths.values())))
            if look_after(entry):
                done += 1
                del deaths[key(entry)]
    deps.work.note_run(replace(mark, deaths=tuple(deaths.values()), ended=True))
    return len(seen), done


def key(entry: ItemRef) -> str:
    """The entry's name in a mark: the ticket's reference, with the message's id if there is one."""
    return f"{entry.ref}/{entry.message}" if entry.message else entry.ref


def _due_again(deaths: Deaths, now: datetime) -> bool:
    """Whether to try an entry again: once the program is corrected, it must succeed at some time."""
    pause = min(_PAUSE * 2.0 ** min(deaths.times, 10), _LONGEST_PAUSE)
    return now >= deaths.last + pause


def _begun(deps: Deps) -> tuple[RunMark, bool]:
    """The mark of a run that begins, with the entries that killed earlier runs; and whether it must record each
    entry."""
    before, now = deps.work.run_mark() or RunMark(deps.now(), ended=True), deps.now()
    deaths, died = before.deaths, not before.ended and now - before.begun_at >= LONGEST_RUN
    if died:
        logger.error("the last due-work run crashed", extra={"entry": before.at or "unknown"})
    if died and before.at:
        times = next((at.times for at in deaths if at.entry == before.at), 0) + 1
        others = (at for at in deaths if at.entry != before.at)
        deaths = (*others, Deaths(before.at, times, before.begun_at))
    mark = RunMark(now, deaths=deaths)
    deps.work.note_run(mark)
    return mark, died or bool(deaths)
