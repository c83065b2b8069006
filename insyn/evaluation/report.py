"""The evaluation as a table on the terminal and as a page with every wrong answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path

from rich.table import Table

from insyn.evaluation.scoring import Scored, Verdict, by_kind_and_style, share

BINS = 10


def table(scored: Sequence[Scored]) -> Table:
    """Return the shares of right, wrong and unsure, by style and kind, with 95 % intervals."""
    result = Table("style", "kind", "questions", "right", "wrong", "unsure", "right reading offered")
    for (style, kind), group in by_kind_and_style(scored).items():
        shares = [share(group, lambda one, v=verdict: one.verdict is v) for verdict in Verdict]  # type: ignore[misc]
        offered = share(group, lambda one: one.verdict is Verdict.RIGHT or one.offered)
        result.add_row(style, kind, str(len(group)), *map(str, shares), str(offered))
    return result


def reliability(scored: Sequence[Scored]) -> list[tuple[float, float, int]]:
    """Return (mean confidence, share right, count) for each tenth of confidence that occurs: calibrated means equal."""
    answered = [one for one in scored if one.question.kind != "out_of_scope"]
    rows = []
    for tenth in range(BINS):
        inside = [one for one in answered if min(int(_top(one)[1] * BINS), BINS - 1) == tenth]
        if inside:
            confidence = sum(_top(one)[1] for one in inside) / len(inside)
            right = sum(_top(one)[0] in one.question.accepted for one in inside) / len(inside)
            rows.append((confidence, right, len(inside)))
    return rows


def confusions(scored: Sequence[Scored]) -> list[tuple[tuple[str, str], int]]:
    """Return (expected, acted on) → how often, the most frequent first."""
    pairs = Counter((one.question.intent, one.intent) for one in scored if one.verdict is Verdict.WRONG)
    return pairs.most_common()


def write_page(scored: Sequence[Scored], path: Path) -> None:
    """Write the report as one HTML file without anything from outside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kinds = [
        (style, kind, len(group), *(str(share(group, lambda one, v=v: one.verdict is v)) for v in Verdict))  # type: ignore[misc]
        for (style, kind), group in by_kind_and_style(scored).items()
    ]
    wrong = [
        (one.question.text, one.question.intent, one.intent, f"{one.confidence:.2f}", str(one.verdict))
        for one in scored
        if one.verdict is not Verdict.RIGHT
    ]
    path.write_text(
        "<!doctype html><html lang='sv'><meta charset='utf-8'><title>Insyn: evaluation</title>"
        "<style>body{font:16px system-ui;margin:2rem;max-width:70rem}table{border-collapse:collapse;margin:1rem 0}"
        "td,th{border:1px solid #ccc;padding:.25rem .6rem;text-align:left}</style><h1>Evaluation</h1>"
        + _html(("style", "kind", "questions", *Verdict), kinds)
        + "<h2>Reliability</h2>"
        + _diagram(reliability(scored))
        + "<h2>Confusions</h2>"
        + _html(("expected", "acted on", "times"), [(*pair, count) for pair, count in confusions(scored)])
        + "<h2>Every question that was not right</h2>"
        + _html(("question", "expected", "acted on", "confidence", "verdict"), wrong)
    )


def _top(one: Scored) -> tuple[str, float]:
    return next(reading for reading in one.ranking if reading[0] != "nlu_fallback")


def _html(head: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    def line(cells: Sequence[object], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"

    return "<table>" + line(head, "th") + "".join(line(row, "td") for row in rows) + "</table>"


def _diagram(rows: Sequence[tuple[float, float, int]]) -> str:
    dots = "".join(
        f"<circle cx='{30 + 300 * confidence:.1f}' cy='{330 - 300 * right:.1f}' r='{2 + count**0.5 / 2:.1f}'>"
        f"<title>{count} questions: said {confidence:.2f}, were {right:.2f}</title></circle>"
        for confidence, right, count in rows
    )
    return (
        "<svg viewBox='0 0 360 360' width='360' role='img' aria-label='Confidence against share right'>"
        "<path d='M30 330H330M30 330V30M30 330L330 30' stroke='#999' fill='none'/>"
        f"{dots}<text x='120' y='352'>confidence</text></svg>"
    )
