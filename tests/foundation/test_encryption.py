"""Fields at rest: readable with the right key in the right place, and nowhere else."""

import pytest

from foundation.encryption import KeyRing
from foundation.errors import DecryptionError, UnknownKeyError


def ring(*secrets: str) -> KeyRing:
    return KeyRing.from_secrets(*secrets, lookup_secret="lookup")


def test_what_was_encrypted_is_read_back_and_is_not_in_the_ciphertext():
    ciphertext = ring("new").encrypt_text("Åsa Öberg", context="cases.case.name")

    assert ring("new").decrypt_text(ciphertext, context="cases.case.name") == "Åsa Öberg"
    assert "Åsa".encode() not in ciphertext


def test_the_same_text_never_gives_the_same_ciphertext():
    assert ring("new").encrypt(b"x", context="c") != ring("new").encrypt(b"x", context="c")


def test_a_ciphertext_moved_to_another_column_does_not_open():
    ciphertext = ring("new").encrypt(b"secret", context="cases.case.name")

    with pytest.raises(DecryptionError):
        ring("new").decrypt(ciphertext, context="cases.case.email")


@pytest.mark.parametrize("position", [0, 8, 20, -1])
def test_one_changed_byte_anywhere_is_noticed(position: int):
    ciphertext = bytearray(ring("new").encrypt(b"secret", context="c"))
    ciphertext[position] ^= 1

    with pytest.raises(DecryptionError):
        ring("new").decrypt(bytes(ciphertext), context="c")


@pytest.mark.parametrize("length", [0, 7, 19, 25])
def test_a_cut_ciphertext_is_an_error_of_ours(length: int):
    with pytest.raises(DecryptionError):
        ring("new").decrypt(ring("new").encrypt(b"secret", context="c")[:length], context="c")


def test_an_old_key_reads_until_rotation_has_rewritten():
    old = ring("old").encrypt(b"secret", context="c")
    both = ring("new", "old")

    assert both.decrypt(old, context="c") == b"secret"
    assert both.needs_rotation(old)
    assert not both.needs_rotation(both.encrypt(b"secret", context="c"))
    with pytest.raises(UnknownKeyError):
        ring("new").decrypt(old, context="c")


def test_the_lookup_digest_needs_the_key_and_the_place():
    digest = ring("new").lookup_digest("199908072391", context="person")

    assert digest == ring("other field key").lookup_digest("199908072391", context="person")
    assert digest != ring("new").lookup_digest("199908072391", context="elsewhere")
    other = KeyRing.from_secrets("new", lookup_secret="other")
    assert digest != other.lookup_digest("199908072391", context="person")


def test_keys_do_not_show_in_a_log_line():
    assert "keys" not in repr(ring("new"))
