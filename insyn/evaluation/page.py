"""The evaluation as one HTML page without anything from outside: tables, pictures, every answer that was not right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path

from insyn.evaluation.calibration import Tenth, calibration_error, reliability
from insyn.evaluation.cost import DECISIONS, costs
from insyn.evaluation.learning import Point
from insyn.evaluation.report import HEAD, by_style_and_kind, by_topic, by_voice
from insyn.evaluation.scoring import Scored, Verdict

_STYLE = (
    "body{font:16px system-ui;margin:2rem;max-width:80rem}table{border-collapse:collapse;margin:1rem 0}"
    "td,th{border:1px solid #ccc;padding:.25rem .6rem;text-align:left}svg text{font:11px system-ui}"
)


def confusions(scored: Sequence[Scored]) -> list[tuple[tuple[str, str], int]]:
    """Return (expected, first reading) → how often, the most frequent first; also where it then asked back."""
    pairs = Counter((one.question.intent, one.top[0]) for one in scored if one.top[0] not in one.question.accepted)
    return pairs.most_common()


def write_page(scored: Sequence[Scored], path: Path, *, curve: Sequence[Point] = ()) -> None:
    """Write the report."""
    path.parent.mkdir(parents=True, exist_ok=True)
    not_right = [
        (
            one.question.text,
            one.question.intent,
            one.intent,
            f"{one.top[0]} {one.top[1]:.2f}",
            "–" if one.certainty is None else f"{one.certainty:.2f}",
            str(one.verdict),
            str(one.by_fact or "–"),
        )
        for one in sorted(scored, key=lambda one: (one.verdict is not Verdict.WRONG, one.question.intent))
        if one.verdict is not Verdict.RIGHT or one.by_fact not in {None, Verdict.RIGHT}
    ]
    parts = [
        ("", _table(("style, kind", *HEAD), by_style_and_kind(scored))),
        ("Voices", _table(("voice", *HEAD), by_voice(scored)) if by_voice(scored) else ""),
        ("Reliability", reliability_diagram(reliability(scored))),
        ("What thresholds cost", cost_table(scored)),
        ("Learning curve", learning_diagram(curve) if curve else ""),
        ("Confusion between topics", heat_map(confusions(scored))),
        ("Topics", _table(("topic", *HEAD), by_topic(scored))),
        (
            "Every answer that was not right",
            _table(
                ("question", "expected", "acted on", "first reading", "certainty", "by topic", "by fact"), not_right
            ),
        ),
    ]
    body = "".join((f"<h2>{escape(title)}</h2>" if title else "") + part for title, part in parts if part)
    path.write_text(
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Insyn: evaluation</title>"
        f"<style>{_STYLE}</style><h1>Evaluation</h1>{body}</html>"
    )


def heat_map(pairs: Sequence[tuple[tuple[str, str], int]], *, most: int = 40) -> str:
    """Return a picture of the most frequent confusions: rows are expected, columns what was read instead."""
    shown = pairs[:most]
    if not shown:
        return "<p>None.</p>"
    expected = sorted({pair[0] for pair, _ in shown})
    read = sorted({pair[1] for pair, _ in shown})
    cell, left, top = 18, 230, 230
    highest = max(count for _, count in shown)
    squares = "".join(
        f"<rect x='{left + cell * read.index(b)}' y='{top + cell * expected.index(a)}' width='{cell}' height='{cell}' "
        f"fill='#8b0000' fill-opacity='{0.25 + 0.75 * count / highest:.2f}'>"
        f"<title>{escape(a)} read as {escape(b)}: {count}</title></rect>"
        for (a, b), count in shown
    )
    rows_ = "".join(
        f"<text x='{left - 6}' y='{top + cell * n + 13}' text-anchor='end'>{escape(name)}</text>"
        f"<path d='M{left} {top + cell * n}h{cell * len(read)}' stroke='#eee'/>"
        for n, name in enumerate(expected)
    )
    columns = "".join(
        f"<text transform='translate({left + cell * n + 13} {top - 6}) rotate(-90)'>{escape(name)}</text>"
        f"<path d='M{left + cell * n} {top}v{cell * len(expected)}' stroke='#eee'/>"
        for n, name in enumerate(read)
    )
    width, height = left + cell * len(read) + 10, top + cell * len(expected) + 10
    return (
        f"<svg viewBox='0 0 {width} {height}' width='{width}' role='img' "
        f"aria-label='Which topics were read as which others'>{rows_}{columns}{squares}</svg>"
    )


def reliability_diagram(tenths: Sequence[Tenth]) -> str:
    """Return the picture of :func:`reliability`: on the diagonal, what is said is what is so."""
    if not tenths:
        return "<p>No reading said how sure it was.</p>"
    dots = "".join(
        f"<circle cx='{30 + 300 * tenth.certainty:.1f}' cy='{330 - 300 * tenth.right:.1f}' "
        f"r='{2 + tenth.count**0.5 / 2:.1f}'>"
        f"<title>{tenth.count} questions: said {tenth.certainty:.2f}, were {tenth.right:.2f}</title></circle>"
        for tenth in tenths
    )
    return (
        "<svg viewBox='0 0 360 360' width='360' role='img' aria-label='Certainty against share right'>"
        "<path d='M30 330H330M30 330V30M30 330L330 30' stroke='#999' fill='none'/>"
        f"{dots}<text x='140' y='352'>certainty</text><text x='4' y='20'>right</text></svg>"
        f"<p>The certainty that thresholds are compared with, of the first reading, acted on or not. "
        f"Expected calibration error {100 * calibration_error(tenths):.1f} points; "
        f"of the readings below 0.9, {100 * calibration_error(tenths[:-1]):.1f} points.</p>"
    )


def cost_table(scored: Sequence[Scored]) -> str:
    """Return what each threshold would cost, a decision a column: wrong, unsure, of these lost, and the cost."""
    columns = [costs(scored, of=decision) for decision in DECISIONS]
    lines = [
        (
            at[0].threshold,
            *(f"{cost.wrong} / {cost.unsure} / {cost.lost}, {cost.total}" for cost in at),
        )
        for at in zip(*columns, strict=True)
    ]
    return _table(("certainty above", *(f"{decision}: wrong / unsure / lost, cost" for decision in DECISIONS)), lines)


def learning_diagram(curve: Sequence[Point]) -> str:
    """Return the picture of the learning curve, each doubling of the examples a step to the right."""
    colours = {"policy": "#06c", "request": "#c60", "out_of_scope": "#393"}
    lines = ""
    for number, (kind, colour) in enumerate(colours.items()):
        places = [
            (40 + 280 * n / max(1, len(curve) - 1), 300 - 280 * point.right.get(kind, 0.0) / 100)
            for n, point in enumerate(curve)
        ]
        path = " ".join(f"{'L' if n else 'M'}{x:.1f} {y:.1f}" for n, (x, y) in enumerate(places))
        lines += f"<path d='{path}' stroke='{colour}' fill='none' stroke-width='2'/>"
        lines += f"<text x='330' y='{30 + 16 * number}' fill='{colour}'>{kind}</text>"
    ticks = "".join(
        f"<text x='{30 + 280 * n / max(1, len(curve) - 1):.0f}' y='318'>{point.examples}</text>"
        for n, point in enumerate(curve)
    )
    picture = (
        "<svg viewBox='0 0 430 330' width='430' role='img' aria-label='Share right against the number of examples'>"
        f"<path d='M40 300H330M40 300V20' stroke='#999' fill='none'/>{lines}{ticks}</svg>"
    )
    lines_of_table = [
        (str(point.examples), *(f"{point.right.get(kind, 0.0):.1f} %" for kind in colours)) for point in curve
    ]
    return picture + _table(("examples", *colours), lines_of_table)


def _table(head: Sequence[object], lines: Sequence[Sequence[object]]) -> str:
    def line(cells: Sequence[object], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"

    return "<table>" + line(head, "th") + "".join(line(cells, "td") for cells in lines) + "</table>"
