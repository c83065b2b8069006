"""Case references: written one way, read in many, and a slip of the finger is noticed."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.references import ALPHABET, is_case_reference, new_case_reference, normalise_case_reference

references = st.integers().map(lambda seed: new_case_reference(random.Random(seed)))


@given(references)
def test_a_new_reference_is_one_and_reads_back_as_itself(reference):
    assert is_case_reference(reference)
    assert len(reference) == len("AR-XXXX-XXXX")


@given(references)
def test_it_is_understood_however_it_is_typed(reference):
    bare = reference.replace("-", "")

    for typed in (reference.lower(), f" {bare} ", bare.removeprefix("AR"), reference.replace("-", " – ")):
        assert normalise_case_reference(typed) == reference
    for look_alike, digit in (("O", "0"), ("I", "1"), ("l", "1")):
        assert normalise_case_reference(bare.replace(digit, look_alike)) == reference


@given(references, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(reference, place, character):
    characters = list(reference.replace("-", "")[2:])
    wrong = characters[place] != character
    characters[place] = character

    assert (normalise_case_reference("".join(characters)) is None) == wrong


@given(references, st.integers(0, 7), st.integers(0, 7))
def test_two_characters_that_changed_places_are_noticed(reference, first, second):
    characters = list(reference.replace("-", "")[2:])
    differ = characters[first] != characters[second]
    characters[first], characters[second] = characters[second], characters[first]

    assert (normalise_case_reference("".join(characters)) is None) == differ


@pytest.mark.parametrize("typed", ["", "AR", "hej", "XX-0000-0000", "AR-0000-00000", "AR-ÅÄÖ0-0000", "1" * 200])
def test_what_is_no_reference_is_none(typed):
    assert normalise_case_reference(typed) is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(typed):
    understood = normalise_case_reference(typed)

    assert understood is None or is_case_reference(understood)
