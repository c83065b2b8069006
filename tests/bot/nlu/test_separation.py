"""An intent is separated from the others as if all examples had been looked at, whatever is looked at first."""

from __future__ import annotations

import os

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.svm import LinearSVC

from bot.nlu import separation
from bot.nlu.separation import REGULARISATION, Separated, separate

INTENTS = ("access", "erasure", "marketing", "retention")
EACH = 60
FEATURES = 40


@pytest.fixture(scope="module")
def examples() -> tuple[sp.csr_matrix, list[str]]:
    """Examples of four intents that overlap: some features are an intent's own, most are anybody's."""
    drawn = np.random.default_rng(7)
    rows = drawn.random((len(INTENTS) * EACH, FEATURES)) * (drawn.random((len(INTENTS) * EACH, FEATURES)) < 0.2)
    for place in range(len(INTENTS)):
        rows[place * EACH : (place + 1) * EACH, place * 3 : place * 3 + 3] += 0.4
    matrix = sp.csr_matrix((rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32))
    return matrix, [intent for intent in INTENTS for _ in range(EACH)]


@pytest.fixture
def few_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few examples are looked at first that many are overlooked."""
    monkeypatch.setattr(separation, "RESEMBLING", 5)
    monkeypatch.setattr(separation, "TYPICAL", 3)
    monkeypatch.setattr(separation, "TOLERANCE", 0.001)


def weights_of(separated: Separated) -> np.ndarray:
    return separated.weights * separated.scale


@pytest.mark.usefixtures("few_first")
def test_it_is_the_optimum_over_all_examples(examples: tuple[sp.csr_matrix, list[str]]):
    matrix, intents = examples
    whole = LinearSVC(C=REGULARISATION, tol=0.001, random_state=0).fit(matrix, intents)

    found = separate(matrix, intents, INTENTS)

    assert np.linalg.norm(weights_of(found) - whole.coef_.T) < 0.03 * np.linalg.norm(whole.coef_)
    np.testing.assert_allclose(found.bias, whole.intercept_, atol=0.05)


@pytest.mark.usefixtures("few_first")
def test_what_was_looked_at_first_alone_is_not(examples: tuple[sp.csr_matrix, list[str]], monkeypatch):
    matrix, intents = examples
    whole = weights_of(separate(matrix, intents, INTENTS))
    monkeypatch.setattr(separation, "ROUNDS", 1)

    assert np.linalg.norm(weights_of(separate(matrix, intents, INTENTS)) - whole) > 0.1 * np.linalg.norm(whole)


def test_one_core_separates_as_several_do(examples: tuple[sp.csr_matrix, list[str]], monkeypatch):
    matrix, intents = examples
    several = separate(matrix, intents, INTENTS)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    one = separate(matrix, intents, INTENTS)

    np.testing.assert_array_equal(several.weights, one.weights)
    np.testing.assert_array_equal(several.bias, one.bias)
