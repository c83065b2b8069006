"""The evaluation as tables on the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from insyn.evaluation.scoring import Scored, Share, Verdict, by_kind_and_style, grouped, share

HEAD = (
    "questions",
    *(str(verdict) for verdict in Verdict),
    "right reading offered",
    "fact right",
    "fact wrong",
)
"""Right, wrong and unsure are by topic; the last two by the fact that the answer carries."""


def shares(group: Sequence[Scored]) -> tuple[int, list[Share], Share]:
    """Return how many questions, the share of each verdict, and how often the right reading was given or offered."""
    verdicts = [Share(sum(one.verdict is verdict for one in group), len(group)) for verdict in Verdict]
    return len(group), verdicts, share(group, lambda one: one.verdict is Verdict.RIGHT or one.offered)


def by_fact(group: Sequence[Scored]) -> tuple[str, str]:
    """Return the shares that are right and wrong by the fact in the answer, where answers were looked at."""
    looked_at = [one for one in group if one.by_fact is not None]
    if not looked_at:
        return "–", "–"
    right = share(looked_at, lambda one: one.by_fact is Verdict.RIGHT)
    wrong = share(looked_at, lambda one: one.by_fact is Verdict.WRONG)
    return str(right), str(wrong)


def rows(groups: Mapping[str, Sequence[Scored]]) -> list[tuple[str, ...]]:
    """Return a row for each group: its name, then what :data:`HEAD` names."""
    found = []
    for name, group in groups.items():
        count, verdicts, offered = shares(group)
        found.append((name, str(count), *map(str, verdicts), str(offered), *by_fact(group)))
    return found


def by_style_and_kind(scored: Sequence[Scored]) -> list[tuple[str, ...]]:
    """Return the rows of the targets' table."""
    return rows({f"{style}, {kind}": group for (style, kind), group in by_kind_and_style(scored).items()})


def by_topic(scored: Sequence[Scored]) -> list[tuple[str, ...]]:
    """Return a row for each expected intent, the one least often right first."""
    found = grouped(scored, lambda one: one.question.intent)
    worst_first = sorted(
        found.items(), key=lambda item: sum(one.verdict is Verdict.RIGHT for one in item[1]) / len(item[1])
    )
    return rows(dict(worst_first))


def by_voice(scored: Sequence[Scored]) -> list[tuple[str, ...]]:
    """Return a row for each voice that the questions' writers named."""
    return rows(grouped(scored, lambda one: one.question.voice))


def tables(scored: Sequence[Scored], *, topics: int = 15) -> list[Table]:
    """Return the tables for the terminal; of the topics only the worst, the page has all."""
    parts = [
        ("style, kind", by_style_and_kind(scored)),
        ("voice", by_voice(scored)),
        (f"topic (the {topics} least often right)", by_topic(scored)[:topics]),
    ]
    found = []
    for name, lines in parts:
        if lines:
            table = Table()
            table.add_column(name, no_wrap=True)
            for column in HEAD:
                table.add_column(column)
            for line in lines:
                table.add_row(*line)
            found.append(table)
    return found
