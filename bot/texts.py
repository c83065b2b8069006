"""What the edge itself says, read from ``data/responses/edge.yml``: no Swedish sentence stands in the code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.circumstances import Circumstance
from bot.errors import TextsError
from foundation.yaml_files import read_yaml
from privacy.retention import Period, RetentionPeriods

KEYS: Final = frozenset(
    {
        "mask_personal_identity_number",
        "mask_card_number",
        "mask_health_details",
        "mask_code",
        "personal_identity_number_masked",
        "card_number_masked",
        "health_details_masked",
        "code_masked",
        "code_not_waited_for",
        "welcome_unavailable",
        "bot_unreachable",
        "bot_uncertain",
        "bot_had_no_answer",
        "action_failed",
        "identification_delayed",
        "identification_given_up",
        "returned_unavailable",
        "handed_over",
        "handed_over_expected",
        "handed_over_closed",
        "waiting_noted",
        "waiting_noted_closed",
        "waiting_cancelled",
        "officer_joined",
        "officer_left",
        "closed",
        "button_person",
        "button_complain",
        "button_cancel_waiting",
        "button_try_again",
        "package_purpose",
        "package_signing",
        "package_identification",
        "package_ready",
        "package_unavailable",
        "package_refused_not_yours",
        "package_refused_not_released",
        "package_refused_expired",
        "package_refused_used",
        "empty_message",
        "message_too_long",
        "body_too_large",
        "malformed_message",
        "button_not_offered",
        "button_spent",
        "session_lost",
        "too_many_messages",
        "too_many_sessions",
        "too_many_streams",
        "origin_refused",
        "identification_not_found",
        "identification_not_possible",
        "identification_unavailable",
        "too_many_identifications",
        "too_many_codes",
        "email_unusable",
        "answer_not_found",
        *(f"circumstance_{kind}" for kind in Circumstance),
        "internal_error",
    }
)
"""Every text that the code asks for."""


USUALLY_KEPT: Final = RetentionPeriods().conversations


@dataclass(frozen=True, slots=True)
class Texts:
    """The edge's texts by key."""

    _texts: Mapping[str, str]
    cancel_waiting_words: Sequence[str]
    kept: str
    """How long conversations are kept, wherever a text says so."""

    @classmethod
    def read(cls, path: Path, *, conversations_kept: Period = USUALLY_KEPT) -> Texts:
        """Read the file.

        Raises:
            TextsError: a text is missing, or one is there that nobody asks for.
        """
        content: dict[str, Any] = read_yaml(path)
        texts = {key: str(text).strip() for key, text in content["edge_texts"].items()}
        if missing := KEYS - texts.keys():
            raise TextsError(f"{path} lacks {', '.join(sorted(missing))}")
        if unknown := texts.keys() - KEYS:
            raise TextsError(f"{path} has {', '.join(sorted(unknown))}, which nothing says")
        return cls(
            texts, tuple(_comparable(word) for word in content["edge_cancel_waiting_words"]), conversations_kept.label
        )

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of ``key`` with its ``{places}`` filled in."""
        return self._texts[key].format(kept=self.kept, **values)

    def means_cancel_waiting(self, text: str) -> bool:
        """Tell whether a visitor in the queue asks to leave it in so many words."""
        return _comparable(text) in self.cancel_waiting_words


def _comparable(text: str) -> str:
    return text.casefold().strip(" .!\n\t")
