"""Errors of the chat edge.

BotError
├── RasaError                     the bot did not answer
│   ├── RasaUnreachableError      the turn did not reach it: nothing has happened
│   └── RasaUncertainError        it may have done all, some or nothing of the turn
├── PackageRefusedError           a package is not handed out to whoever asks
├── CasesUnreachableError         the case system does not answer
├── TextsError                    the edge's texts are incomplete
└── AskError                      the public API did not answer a question (client)

What a caller of the HTTP API is told is a ``foundation.problems.ProblemError``; ``bot/refusals.py`` lists them all.
"""


class BotError(Exception):
    """Base of everything that the chat edge raises."""


class RasaError(BotError):
    """The bot did not answer."""


class RasaUnreachableError(RasaError):
    """The turn did not reach Rasa: nothing has happened, and it may be sent again."""


class RasaUncertainError(RasaError):
    """Rasa broke off or took too long: it may have done the turn. Sent again with the same number, it is not redone."""


class PackageRefusedError(BotError):
    """The case system hands nothing out; ``reason`` is its word for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CasesUnreachableError(BotError):
    """The case system does not answer, or not as agreed."""


class TextsError(BotError):
    """The edge's texts lack one that the code asks for."""


class AskError(BotError):
    """A question could not be put, or its answer did not come in time."""
