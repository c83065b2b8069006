"""Our parts for Rasa, each by itself."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import structlog

from bot.rasa import logs
from bot.rasa.channel import Call, EdgeInput
from bot.rasa.neutral_text import neutral
from bot.rasa.output import as_utterance
from bot.rasa.tracker_store import make_engine


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("hej", "hej"),
        ("/greet", "greet"),
        ("//greet", "greet"),
        ("／greet", "greet"),
        ("\u200b \n/ \u2060/greet{}", "greet{}"),
        ("och/eller", "och/eller"),
        ("/", "?"),
        (" ", "?"),
    ],
)
def test_no_text_begins_as_a_command(written: str, given: str):
    assert neutral(written) == given


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"sender": "a", "text": "hej"},
        {"sender": "a", "kind": "text"},
        {"sender": "", "kind": "text", "text": "hej"},
        {"sender": "a", "kind": "text", "text": ""},
        {"sender": "a", "kind": "text", "text": "x" * 10_001},
        {"sender": "a", "kind": "text", "text": 1},
        {"sender": ["a"], "kind": "text", "text": "hej"},
        {"sender": "a", "kind": "text", "text": "hej", "metadata": []},
        {"sender": "a", "kind": "text", "text": "hej", "metadata": {"turn": "1"}},
        {"sender": "a", "kind": "text", "text": "hej", "metadata": {"turn": 1, "received_at": "when the text came"}},
    ],
)
def test_what_is_no_turn_is_refused(body: object):
    with pytest.raises(ValueError, match=r"turn|text"):
        Call.read(body)


def test_without_a_token_nobody_may():
    request = SimpleNamespace(headers={"authorization": "Bearer None"})

    assert not EdgeInput(None)._may(request)
    assert not EdgeInput("secret")._may(request)


def test_what_says_nothing_is_no_message():
    assert as_utterance({"text": None, "buttons": None, "custom": None}) is None
    assert as_utterance({"text": "Hej", "buttons": [{"title": "x"}]}) == {"text": "Hej", "buttons": [], "custom": {}}


def test_the_database_engine_hides_values_and_uses_our_schema():
    engine = make_engine("postgres://someone:secret@db.example/insyn")

    assert engine.hide_parameters
    assert engine.url.drivername == "postgresql+psycopg"


# Logs


@pytest.fixture
def quiet() -> Iterator[None]:
    factory, shown, disabled = logging.getLogRecordFactory(), warnings.showwarning, logging.root.manager.disable
    import sys
    import threading

    hooks = sys.excepthook, threading.excepthook
    logs.say_no_more()
    yield
    logging.setLogRecordFactory(factory)
    warnings.showwarning = shown
    logging.disable(disabled)
    sys.excepthook, threading.excepthook = hooks


def test_others_say_only_where(quiet: None, caplog: pytest.LogCaptureFixture):
    logging.getLogger("rasa.core").warning("the visitor said %s", "hemlighet")
    logging.getLogger("rasa.core").debug("hemlighet")
    structlog.get_logger("rasa").warning("hemlighet", text="hemlighet")

    assert "hemlighet" not in caplog.text
    assert "test_parts.py" in caplog.text


def test_exceptions_say_only_their_kinds(quiet: None, caplog: pytest.LogCaptureFixture):
    for name in ("rasa.core", "bot.rasa"):
        try:
            int({"a": "hemlighet"}["a"])
        except ValueError:
            logging.getLogger(name).exception("it broke")

    assert "hemlighet" not in caplog.text
    assert caplog.text.count("ValueError at test_parts.py") == 2
    assert "it broke" in caplog.text


def test_a_warning_says_only_where(quiet: None, caplog: pytest.LogCaptureFixture):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logs._show_warning(UserWarning("hemlighet"), UserWarning, "/x/rasa/io.py", 7)

    assert "hemlighet" not in caplog.text
    assert "UserWarning at io.py:7" in caplog.text
