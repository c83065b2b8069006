"""Tells whether somebody says that they live with protected personal data: their address must not be asked for.

The kinds of folkbokföringslagen (1991:481) 16 and 17 §§, and fingerade personuppgifter (1991:483), in the words that
people use. Said of oneself or one's own, not asked about others ("hur skyddar ni kunder som har skyddad adress?").
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_STATE: Final = (
    r"(?:skydda(?:d|de|t) (?:\w+ )?(?:adress\w*|identitet|id\b|folkbokforing|person(?:nummer|uppgift\w*)|uppgifter)"
    r"|(?:hemlig|sparrad) (?:hem)?adress|sekretess(?:mark\w+|skydda\w*)|fingera\w+ (?:personuppgift\w*|identitet|namn))"
)
_SELF: Final = (
    r"(?<!\bsom )(?<!\bni )(?<!\bvad )\b"
    r"(?:har|lever (?:med|under)|fick|fatt|pga|p\.g\.a\.?|grund av|eftersom|med (?:min|mitt|vart)|min|ar)"
    r"(?: jag| vi)?(?: (?!ni\b|nagon\b)\w+)? "
)
PATTERN: Final = rf"(?:{_SELF}{_STATE}|^(?:hej,? )?{_STATE})"
"""Over text in lower case without diacritics (å ä ö are a a o) and with single spaces."""

_SAID: Final = re.compile(PATTERN)


def says_protected(text: str) -> bool:
    """Tell whether ``text``, in whatever case, says that its writer or their family lives with protected identity."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return bool(_SAID.search(" ".join(plain.split())))
