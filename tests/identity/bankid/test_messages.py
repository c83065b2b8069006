"""Every hint code, error code and state of ours has its sentence: in both languages, modes and kinds of device."""

import itertools
import re
from pathlib import Path

import pytest

import identity.broker
from identity.bankid.errors import DOCUMENTED_CODES
from identity.bankid.messages import DEVICES, LANGUAGES, MESSAGES, MODES
from identity.bankid.replies import FAILED_HINTS, PENDING_HINTS

HINTS = [("pending", hint) for hint in PENDING_HINTS] + [("failed", hint) for hint in FAILED_HINTS]
PLACES = list(itertools.product(MODES, DEVICES))

# background: BankID's own number for each (status, hint) where mode and device do not matter
NUMBERS = {
    ("pending", "userSign"): "RFA9",
    ("pending", "userMrtd"): "RFA23",
    ("pending", "userFace"): "RFA24",
    ("pending", "userStepUp"): "RFA25",
    ("pending", "userCallConfirm"): "RFA21",
    ("pending", "processing"): "RFA21",
    ("failed", "expiredTransaction"): "RFA8",
    ("failed", "certificateErr"): "RFA16",
    ("failed", "userCancel"): "RFA6",
    ("failed", "cancelled"): "RFA3",
    ("failed", "mrtdVerificationFailed"): "RFA26",
    ("failed", "facialRecognitionFailed"): "RFA27",
    ("failed", "nfcNotSupportedByDevice"): "RFA28",
    ("failed", "multipleBankIdsOnDevice"): "RFA29",
    ("failed", "stepUpFailed"): "RFA30",
}


@pytest.mark.parametrize(("status", "hint"), HINTS)
@pytest.mark.parametrize(("mode", "device"), PLACES)
def test_a_documented_hint_has_a_row_of_its_own(status, hint, mode, device):
    assert (status, hint, mode, device) in MESSAGES.hints


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(MESSAGES.texts))
def test_every_text_stands_in_both_languages(key, language):
    text = MESSAGES.texts[key][language]

    assert text.strip() == text
    assert text.endswith(".")


@pytest.mark.parametrize(("pair", "number"), NUMBERS.items())
@pytest.mark.parametrize(("mode", "device"), PLACES)
def test_the_numbers_are_bankids(pair, number, mode, device):
    status, hint = pair
    assert MESSAGES.key(f"hint:{status}:{hint}", mode=mode, mobile=device == "mobile") == number


@pytest.mark.parametrize(
    ("reason", "mode", "mobile", "key"),
    [
        ("hint:pending:outstandingTransaction", "qr", False, "RFA1"),
        ("hint:pending:outstandingTransaction", "same_device", False, "RFA13"),
        ("hint:pending:started", "qr", False, "RFA15A"),
        ("hint:pending:started", "same_device", True, "RFA15B"),
        ("hint:failed:startFailed", "same_device", True, "RFA17A"),
        ("hint:failed:startFailed", "qr", False, "RFA17B"),
        ("hint:pending:somethingNew", "qr", False, "RFA21"),
        ("hint:failed:somethingNew", "qr", False, "RFA22"),
        ("hint:odd:somethingNew", "qr", False, "RFA22"),
        ("error:alreadyInProgress", "qr", False, "RFA4"),
        ("error:somethingNew", "qr", False, "RFA22"),
        ("nonsense", None, False, "RFA22"),
    ],
)
def test_mode_device_and_the_unknown_decide_the_rest(reason, mode, mobile, key):
    assert MESSAGES.key(reason, mode=mode, mobile=mobile) == key


@pytest.mark.parametrize("code", sorted(DOCUMENTED_CODES))
def test_every_documented_error_code_is_in_the_table(code):
    assert MESSAGES.errors[code] in MESSAGES.texts


def test_no_row_names_a_text_that_is_missing_and_no_text_is_unused():
    used = {*MESSAGES.hints.values(), *MESSAGES.errors.values(), *MESSAGES.broker.values()}

    assert used == set(MESSAGES.texts)


def test_every_reason_that_the_broker_gives_is_in_the_table():
    sources = Path(identity.broker.__file__).parent.rglob("*.py")
    given = {key for source in sources for key in re.findall(r'"broker:(\w+)"', source.read_text())}

    assert given == set(MESSAGES.broker)
