"""Due-work runs remember what ended them: such an entry is taken last, and the less often the more runs it ended.

A run that is killed (time, memory) leaves no exception: the next one finds its mark without an end. That one notes each
entry before it takes it, and so names the one at fault should it be killed as well.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.ports.work import Deaths, RunMark
from chalicelib.telemetry import logger

# The function's time is 4 minutes, and it runs every 5: a run that has not ended by then is dead.
LONGEST_RUN = timedelta(minutes=4, seconds=30)
_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(days=1)


def each_in_turn(
    deps: Deps, entries: Iterable[ItemRef], look_after: Callable[[ItemRef], bool], time_left: Callable[[], bool]
) -> tuple[int, int]:
    """Look after each entry once while there is time, those that ended earlier runs last.

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
    else:  # what ended a run and is not due any more was looked after elsewhere
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
    """What names an entry in a mark: the ticket's reference, and with it the message's id."""
    return f"{entry.ref}/{entry.message}" if entry.message else entry.ref


def _due_again(deaths: Deaths, now: datetime) -> bool:
    """Whether an entry may be tried once more: a program that has been mended must find it."""
    pause = min(_PAUSE * 2.0 ** min(deaths.times, 10), _LONGEST_PAUSE)
    return now >= deaths.last + pause


def _begun(deps: Deps) -> tuple[RunMark, bool]:
    """The mark of a run that begins, with what ended earlier ones; and whether it must note each entry."""
    before, now = deps.work.run_mark() or RunMark(deps.now(), ended=True), deps.now()
    deaths, died = before.deaths, not before.ended and now - before.begun_at >= LONGEST_RUN
    if died:
        logger.error("the last run of due work ended without a word", extra={"entry": before.at or "unknown"})
    if died and before.at:
        times = next((at.times for at in deaths if at.entry == before.at), 0) + 1
        others = (at for at in deaths if at.entry != before.at)
        deaths = (*others, Deaths(before.at, times, before.begun_at))
    mark = RunMark(now, deaths=deaths)
    deps.work.note_run(mark)
    return mark, died or bool(deaths)
