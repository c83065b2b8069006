"""Case references, minted where the visitor confirms and before any network call.

The same confirmation gives the same reference: if a process dies in the middle of the turn, the edge sends the message
again, and what happened the first time is found instead of done twice.
"""

import hmac
import random
from dataclasses import dataclass, field
from typing import Final

from privacy.references import new_case_reference

REDRAWS: Final = 3
"""How often another reference is drawn when one is taken: with a million cases, once in thirty thousand."""


@dataclass(frozen=True, slots=True)
class ReferenceMint:
    """Mints references that nobody without the secret can guess."""

    secret: str = field(repr=False)

    def mint(self, conversation_id: str, message_id: str, *, number: int = 0) -> str:
        """Return the reference of what one message confirmed.

        Args:
            conversation_id: the conversation.
            message_id: the message with which the visitor confirmed.
            number: tells several references of one message apart: of several addresses, or of one drawn again.
        """
        seed = f"{conversation_id}\n{message_id}\n{number}".encode()
        digest = hmac.digest(self.secret.encode(), seed, "sha256")
        return new_case_reference(random.Random(digest))  # noqa: S311  (the digest is what nobody can guess)
