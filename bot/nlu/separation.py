"""Fits one support-vector machine an intent against all others, looking only at the examples that can matter.

Of tens of thousands of examples some thousand decide about an intent: its own, and those of others that resemble it.
The optimum does not change when all others are left out, as long as they lie on their side of the margin. So each
intent is fitted with the examples that resemble it, the result is held against all examples, and what lies inside the
margin joins in until nothing does (docs/adr/0091).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import sklearn
from sklearn.svm import LinearSVC

from bot.nlu.cores import spread

REGULARISATION = 1.0
"""LinearSVC's C, by leaving one hand out (docs/understanding.md)."""

FITS = 4
"""The intents are fitted in so many parts, side by side where there are cores; the same parts give the same model."""

RESEMBLING = 2_500
"""So many examples of other intents are looked at first, besides every :data:`EVERY`-th of all."""

EVERY = 32
COMMON = 0.9
"""How much of what all examples share is taken from an intent's mean before its likes are looked for."""

TYPICAL = 500
"""So many features of an intent are enough to find what resembles it."""

ROUNDS = 4
SLACK = 0.3
"""An example so little inside the margin changes no reading."""

NEAR = 0.1
"""An example so little outside the margin is kept for the next round."""

FIRST_TOLERANCE, TOLERANCE = 1.0, 0.1
LEVELS = 127
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Separated:
    """What tells intents from all others: a column of weights an intent."""

    weights: npt.NDArray[np.int8]
    """As signed bytes: a quarter of the memory, and no question is read otherwise."""

    scale: Floats
    """What a weight of one is worth, an intent."""

    bias: Floats


def separate(matrix: sp.csr_matrix, intents: Sequence[str], known: Sequence[str]) -> Separated:
    """Return what tells each of the ``known`` intents from the others; the same examples give the same.

    Args:
        matrix: the examples' vectors, one a row.
        intents: of each example.
        known: the intents, in the order of the columns that are returned; at least two.
    """
    number = {intent: place for place, intent in enumerate(known)}
    labels = np.array([number[intent] for intent in intents])
    parts = [list(range(len(known)))[start::FITS] for start in range(min(FITS, len(known)))]
    common = np.asarray(matrix.mean(axis=0)).ravel()
    fitted = spread(_separate, (matrix, labels, common), parts)
    weights = np.zeros((matrix.shape[1], len(known)), dtype=np.int8)
    scale, bias = np.zeros(len(known), dtype=np.float32), np.zeros(len(known), dtype=np.float32)
    for part, one in zip(parts, fitted, strict=True):
        weights[:, part], scale[part], bias[part] = one.weights, one.scale, one.bias
    return Separated(weights, scale, bias)


def _separate(given: tuple[sp.csr_matrix, npt.NDArray[np.int64], Floats], part: Sequence[int]) -> Separated:
    matrix, labels, common = given
    own: Flags = labels[:, np.newaxis] == np.array(part)
    looked_at = _resembling(matrix, own, common)
    weights = np.zeros((matrix.shape[1], len(part)), dtype=np.float32)
    bias = np.zeros(len(part), dtype=np.float32)
    unfinished, tolerance = np.arange(len(part)), TOLERANCE if looked_at.all() else FIRST_TOLERANCE
    for _ in range(ROUNDS):
        for column in unfinished:
            weights[:, column], bias[column] = _fit(matrix, own[:, column], looked_at[:, column], tolerance)
        mine, known = own[:, unfinished], looked_at[:, unfinished]
        margins = matrix @ weights[:, unfinished] + bias[unfinished]
        np.negative(margins, out=margins, where=~mine)
        looked_at[:, unfinished] = mine | (margins < 1) | (known & (margins < 1 + NEAR))
        overlooked = ((margins < 1 - SLACK) & ~known).any(axis=0)
        unfinished, tolerance = unfinished[overlooked | (tolerance != TOLERANCE)], TOLERANCE
        if not len(unfinished):
            break
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / LEVELS
    return Separated(np.round(weights / scale).astype(np.int8), scale, bias)


def _resembling(matrix: sp.csr_matrix, own: Flags, common: Floats) -> Flags:
    """Return which examples an intent is first compared with: its own, those that resemble them, some of all.

    ``common``: what all examples share, their mean.
    """
    likeness = matrix @ np.column_stack([_typical(matrix[rows], common) for rows in own.T])
    likeness[own] = np.inf
    looked_at = own.copy()
    looked_at[::EVERY] = True
    for column, owned in enumerate(own.sum(axis=0)):
        if (most := owned + RESEMBLING) < len(own):
            looked_at[np.argpartition(-likeness[:, column], most)[:most], column] = True
        else:
            looked_at[:, column] = True
    return looked_at


def _typical(matrix: sp.csr_matrix, common: Floats) -> Floats:
    """Return what stands in these examples more than in all, the strongest :data:`TYPICAL` features of it."""
    mean = np.bincount(matrix.indices, matrix.data, minlength=matrix.shape[1])
    mean -= COMMON * common * (common @ mean) / max(common @ common, 1e-9)
    strongest = np.argpartition(-mean, min(TYPICAL, len(mean) - 1))[:TYPICAL]
    found = np.zeros(len(mean), dtype=np.float32)
    found[strongest] = mean[strongest]
    return found


def _fit(matrix: sp.csr_matrix, own: Flags, looked_at: Flags, tolerance: float) -> tuple[Floats, float]:
    """Return the weights and the bias that tell an intent's ``own`` examples from the others ``looked_at``."""
    rows = np.flatnonzero(looked_at)
    with sklearn.config_context(assume_finite=True):  # else each of some hundred fits reads its examples once more
        fitted = LinearSVC(C=REGULARISATION, tol=tolerance, random_state=0).fit(matrix[rows], own[rows])
    return fitted.coef_[0], fitted.intercept_[0]
