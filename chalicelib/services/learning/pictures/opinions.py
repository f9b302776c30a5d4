"""What customers say: ratings by month, whether the help centre helped, and what it lacks."""

from collections import Counter

from chalicelib.rendering import words
from chalicelib.rules.procedure.rating import SCORES
from chalicelib.services.learning.pictures.picture import MOST_BARS, Picture, Words, made, percent, simple, two
from chalicelib.services.learning.pictures.reading import Data


def ratings(data: Data) -> Picture:
    """The mean of the ratings of the tickets that were opened in each month, and how many they are."""
    say, months = Words(data), dict[tuple[int, int], Counter[int]]()
    for day in data.dates:
        scores = months.setdefault((day.year, day.month), Counter())
        for (score,), number in data.counted("score", days=[day]).items():
            scores[int(score)] += number
    names = words.names(data.language, "desk.time.months")
    rows = [(f"{names[month - 1]} {year}", _mean(scores), scores) for (year, month), scores in months.items()]
    known = [(name, mean) for name, mean, _ in rows if mean is not None]
    count = sum(scores.total() for _, _, scores in rows)
    if not known:
        title = say("title.ratings.none")
    elif len(known) == 1:
        title = say("title.ratings.one", count, mean=known[0][1], month=known[0][0])
    else:
        (before, was), (latest, now) = known[-2:]
        way = "up" if now > was else "down" if now < was else "same"
        title = say(f"title.ratings.{way}", count, mean=now, month=latest, was=was, before=before)
    cells = [(name, mean, scores.total(), *(scores[score] for score in SCORES)) for name, mean, scores in rows]
    heads = (*say.heads("month", "mean", "ratings"), *map(str, SCORES))
    said = [f"{say.shown(mean)} ({scores.total()})" if mean is not None else "" for _, mean, scores in rows]
    bars = simple("ratings", [row[0] for row in rows], [row[1] or 0.0 for row in rows], said, full=5.0)
    return made(say, "ratings", title, heads, cells, bars, upright=True)


def help_centre(data: Data) -> Picture:
    say = Words(data)
    rows = sorted(data.helped, key=lambda each: (-each.yes - each.no, each.slug))
    yes, no = sum(each.yes for each in rows), sum(each.no for each in rows)
    heads = say.heads("article", "helped", "did_not")
    if not rows:
        return made(say, "help", say("title.help.none"), heads, [])
    worst = max(rows, key=lambda each: each.no)
    title = say("title.help.some" if no else "title.help.all", yes, all=yes + no, percent=percent(yes, yes + no),
                article=worst.slug, no=worst.no)  # fmt: skip
    few = rows[:MOST_BARS]
    bars = two(
        "help", [each.slug for each in few], (say("column.helped"), [each.yes for each in few]),
        (say("column.did_not"), [each.no for each in few]), [f"{each.yes} / {each.yes + each.no}" for each in few],
    )  # fmt: skip
    return made(say, "help", title, heads, [(each.slug, each.yes, each.no) for each in rows], bars)


def gaps(data: Data) -> Picture:
    """The articles that are needed most, as in the digest."""
    say, rows = Words(data), data.gaps
    heads = say.heads("word", "in_vain", "before_ticket")
    if not rows:
        return made(say, "gaps", say("title.gaps.none"), heads, [])
    title = say("title.gaps.some", len(rows), word=rows[0].word)
    names = [f"{each.word} ({words.phrase(each.language, 'language.name')})" for each in rows]
    bars = two(
        "gaps", names, (say("column.in_vain"), [each.times for each in rows]),
        (say("column.before_ticket"), [each.followed for each in rows]),
        [f"{each.times} / {each.followed}" for each in rows],
    )  # fmt: skip
    cells = [(name, each.times, each.followed) for name, each in zip(names, rows, strict=True)]
    return made(say, "gaps", title, heads, cells, bars)


def _mean(scores: Counter[int]) -> float | None:
    return sum(score * n for score, n in scores.items()) / scores.total() if scores.total() else None
