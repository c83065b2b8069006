"""Errors of the staff console.

ConsoleError
├── LoginNeededError             nobody is logged in, or no longer
├── PasswordChangeNeededError    logged in with a one-time password that must be replaced first
├── AdministratorNeededError     the page is for administrators
├── ForgedFormError              a form without the token of its session, or sent from somewhere else
├── InvalidCredentialsError      name and password do not belong together (or the account is disabled)
├── TooManyAttemptsError         too many log-ins for that name or from that address
├── AccountError
│   ├── NameTakenError           another account has that name
│   ├── AccountNotFoundError     no account has that id
│   └── LastAdministratorError   nobody would be left to manage accounts
└── EdgeError
    ├── EdgeUnavailableError     the chat edge does not answer, or answers nonsense
    ├── ConversationNotFoundError
    ├── MessageRefusedError      what the officer wrote cannot be sent; the edge says why
    └── ConversationTakenError   somebody else holds the conversation, or nobody does any more
"""

from datetime import timedelta


class ConsoleError(Exception):
    """Base of everything that the console raises."""


class LoginNeededError(ConsoleError):
    """Nobody is logged in, or no longer."""


class PasswordChangeNeededError(ConsoleError):
    """The one-time password must be replaced before anything else."""


class AdministratorNeededError(ConsoleError):
    """The page is for administrators."""


class ForgedFormError(ConsoleError):
    """The form was not made for this session, or was sent from another site."""


class InvalidCredentialsError(ConsoleError):
    """Name and password do not belong together; which of them is wrong is not said."""


class TooManyAttemptsError(ConsoleError):
    """Too many log-ins for that name or from that address."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(f"try again in {retry_after.total_seconds():.0f} s")
        self.retry_after = retry_after


class AccountError(ConsoleError):
    """An account cannot be made or changed like that."""


class NameTakenError(AccountError):
    """Another account has that name."""


class AccountNotFoundError(AccountError):
    """No account has that id."""


class LastAdministratorError(AccountError):
    """Nobody would be left to manage accounts."""


class EdgeError(ConsoleError):
    """The chat edge did not do what was asked."""


class EdgeUnavailableError(EdgeError):
    """The chat edge does not answer, or answers something that is not in the contract."""


class ConversationNotFoundError(EdgeError):
    """The chat edge knows no such conversation."""


class MessageRefusedError(EdgeError):
    """The edge does not take the message; the text of the error says why, in Swedish."""


class ConversationTakenError(EdgeError):
    """Somebody else holds the conversation, or it is no longer with a person at all."""
