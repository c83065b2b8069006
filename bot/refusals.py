"""Everything that the edge refuses, as problem details with a kind Swedish sentence for whoever reads it."""

from __future__ import annotations

import math

from bot.texts import Texts
from foundation.problems import ProblemError


class Refusals:
    """Makes the refusals; each method returns one to be raised."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def empty_message(self) -> ProblemError:
        return ProblemError(422, "empty-message", "The message is empty", self._texts("empty_message"))

    def message_too_long(self, limit: int) -> ProblemError:
        detail = self._texts("message_too_long", limit=f"{limit:,}".replace(",", "\N{NO-BREAK SPACE}"))
        return ProblemError(422, "message-too-long", "The message is too long", detail, limit=limit)

    def malformed(self) -> ProblemError:
        return ProblemError(400, "malformed-request", "The request cannot be read", self._texts("malformed_message"))

    def body_too_large(self) -> ProblemError:
        return ProblemError(413, "body-too-large", "The request is too large", self._texts("body_too_large"))

    def button_not_offered(self) -> ProblemError:
        return ProblemError(
            409, "button-not-offered", "No such button was offered here", self._texts("button_not_offered")
        )

    def button_spent(self) -> ProblemError:
        return ProblemError(409, "button-spent", "The button has been used or overtaken", self._texts("button_spent"))

    def session_lost(self) -> ProblemError:
        return ProblemError(401, "no-session", "There is no such session", self._texts("session_lost"))

    def origin_refused(self) -> ProblemError:
        return ProblemError(403, "origin-refused", "The origin is not allowed", self._texts("origin_refused"))

    def too_many(self, key: str, retry_after_s: float) -> ProblemError:
        seconds = max(1, math.ceil(retry_after_s))
        return ProblemError(
            429,
            "too-many-requests",
            "Too many requests",
            self._texts(key, seconds=seconds, minutes=math.ceil(seconds / 60)),
            headers={"Retry-After": str(seconds)},
        )

    def identification_not_found(self) -> ProblemError:
        return ProblemError(
            404, "identification-not-found", "No such identification", self._texts("identification_not_found")
        )

    def identification_not_possible(self) -> ProblemError:
        return ProblemError(
            409,
            "identification-not-possible",
            "Not possible in the identification's state",
            self._texts("identification_not_possible"),
        )

    def email_unusable(self) -> ProblemError:
        return ProblemError(422, "email-unusable", "Not an e-mail address", self._texts("email_unusable"))

    def identification_unavailable(self) -> ProblemError:
        return ProblemError(
            503, "identification-unavailable", "No identification here", self._texts("identification_unavailable")
        )

    def answer_not_found(self) -> ProblemError:
        return ProblemError(404, "answer-not-found", "No such answer here", self._texts("answer_not_found"))

    def internal_error(self) -> ProblemError:
        return ProblemError(500, "internal-error", "Something went wrong", self._texts("internal_error"))

    # To our own services

    def conversation_not_found(self) -> ProblemError:
        return ProblemError(404, "conversation-not-found", "No such conversation")

    def identification_not_available(self) -> ProblemError:
        return ProblemError(409, "identification-not-available", "No completed identification for this purpose")

    def held_by_another(self) -> ProblemError:
        return ProblemError(409, "conversation-held", "Another officer has the conversation")

    def not_held(self) -> ProblemError:
        return ProblemError(409, "conversation-not-held", "This officer does not have the conversation")

    def not_waiting(self) -> ProblemError:
        return ProblemError(409, "conversation-not-waiting", "The conversation does not wait for a person")
