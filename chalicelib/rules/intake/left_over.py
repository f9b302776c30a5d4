"""What a person wrote into the mail that they answer: what is left of its quotation without everything that we know.
What our mails say and what the ticket holds is known, however a program quotes it, wraps it or writes it out
(decision 338)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.patterns import pattern
from chalicelib.rules.intake import comparing
from chalicelib.rules.intake.comparing import LONGEST

MOST_LINES = 1_000
"""No more than so many lines of a quotation are compared, and `LONGEST` characters."""
_QUOTED = pattern(r"\A(?:[ \t]{0,3}[>|])+[ \t]?")


@dataclass(frozen=True, slots=True)
class Known:
    """`texts`: what the ticket's messages and our mails say, word for word. `phrases`: our mails' phrases, in which
    {braces} stand for a value or anything. `names`: of those who take part, and the ticket's; they stand there and
    alone on a line. `days`: the names of days and months, and what else stands there. `ours`: parts of our links and
    addresses; `shop`: the shop's name."""

    texts: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    shop: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """The lines with what is left, and `asked`, the same with the line that each answers above it."""

    words: str = ""
    asked: str = ""


def left_over(lines: Sequence[str], known: Known, programs: Collection[int] = ()) -> Left:
    """What is left of these lines. `programs`: the numbers of those that a mail program wrote above what it quotes."""
    lines = list(_bounded(lines))
    bare = [_QUOTED.sub("", line, count=1).strip() for line in lines]
    words = list(comparing.words_of(bare, programs, known.ours))
    marked, cited = comparing.in_texts(words, known.texts)
    comparing.mark_phrases(words, bare, marked, known.phrases, known.days, known.names)
    old = {line for (_, line), is_known in zip(words, marked, strict=True) if line >= 0 and is_known}
    comparing.mark_names(words, marked, known.names)
    new = {line for (_, line), is_known in zip(words, marked, strict=True) if line >= 0 and not is_known}
    cited |= old - new
    us = tuple(part.casefold() for part in (*known.ours, known.shop) if part)
    blocks = list(_blocks(bare, programs))
    for block in blocks:
        if not cited.intersection(run := _quotation(lines, block[-1] + 1)):
            new.difference_update(run)  # all of it is somebody's mail that the ticket does not have
    theirs = frozenset(at for block in blocks if not _names(bare, block, us) for at in block)
    return Left("\n".join(bare[at] for at in sorted(new)), _with_questions(bare, new, old, theirs))


def _blocks(lines: Sequence[str], programs: Collection[int]) -> Iterator[list[int]]:
    """The runs of programs' lines."""
    block: list[int] = []
    for at in range(len(lines) + 1):
        if at in programs and at < len(lines):
            block.append(at)
        elif block:
            yield block
            block = []


def _names(lines: Sequence[str], block: Sequence[int], us: tuple[str, ...]) -> bool:
    return any(part in lines[at].casefold() for at in block for part in us)


def _quotation(lines: Sequence[str], start: int) -> range:
    """The lines with a quotation's marks that begin here."""
    end = begin = start
    while end < len(lines) and (_QUOTED.match(lines[end]) or not lines[end].strip()):
        end += 1
    return range(begin, end)


def _bounded(lines: Sequence[str]) -> Iterator[str]:
    room = LONGEST
    for line in lines[:MOST_LINES]:
        yield line[:room]
        room -= len(line)
        if room <= 0:
            return


def _with_questions(
    lines: Sequence[str], new: Collection[int], old: Collection[int], introducing: Collection[int]
) -> str:
    """The new lines; above each run of them what it answers: the line that stands there in the quotation, unless all
    of that stands above, or the headers of the mail that was pasted."""
    shown: list[str] = []
    last, below = -1, max(old, default=-1)
    for at in sorted(new):
        filled = [line for line in range(last + 1, at) if lines[line]]
        above = filled[-1] if filled else -1
        if filled and shown:
            shown.append("")
        if above in old and at not in old and at < below:
            shown.append(f"> {lines[above]}")
        elif above in introducing:
            shown += [lines[line] for line in filled if line in introducing]
        elif not filled and last >= 0 and at - last > 1:
            shown.append("")
        shown.append(lines[at])
        last = at
    return "\n".join(shown)
