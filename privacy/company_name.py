"""Whose policy it is: what the company is called and where it is reached, as its ``policy.yml`` says, once.

In what people write its name is made one word, so that no word list and no model knows it: "sparar Exempelbyrån mina
samtal?" and "sparar Fjällbyn mina samtal?" are one question.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Self

PLACEHOLDER: Final = "jxqz"
"""What stands for the name: letters of no language, so that it shares no part with any word."""

IN_LISTS: Final = "{company}"
"""How word lists and patterns write the name."""

_JOINED: Final = 5
"""Letters of a name from which on a word may begin with it ("exempelkoncernen"); "if" begins too many others."""

OWN: Final = (
    "company",
    "company_genitive",
    "controller",
    "privacy_email",
    "visiting_address",
    "postal_address",
    "dpo",
)
"""What ``policy.yml`` says of the company and texts may name; the last three only if the policy gives them."""

OWN_NEEDED: Final = OWN[:4]

_OF_POLICY: Final = ("company", "company_genitive", "controller")


class CompanyName:
    """Finds the company's names in texts.

    Args:
        names: the ways to call it, such as "Fjällbyns Cykelverkstad" and "Fjällbyn", in any case; may be none.
    """

    def __init__(self, names: Iterable[str]) -> None:
        known = sorted({" ".join(name.split()) for name in names if name.strip()}, key=lambda name: (-len(name), name))
        self._pattern = re.compile("|".join(map(_pattern, known)), re.IGNORECASE) if known else None

    @classmethod
    def of_policy(cls, about: Mapping[str, Any]) -> Self:
        """Return the name that a ``policy.yml`` gives: the company's, the controller's, and ``also_called``."""
        return cls(str(name) for name in (*(about.get(key) or "" for key in _OF_POLICY), *about.get("also_called", ())))

    def hidden(self, text: str) -> str:
        """Return ``text`` with the placeholder in place of each name; what is joined to a name is a word of its own."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: PLACEHOLDER + (" " if _goes_on(text, found.end()) else ""), text)


def own_words(about: Mapping[str, Any]) -> dict[str, str]:
    """Return what texts may name in braces, from what a ``policy.yml`` says.

    Raises:
        KeyError: one that every company has is missing.
    """
    return {name: str(about[name]) for name in OWN if name in OWN_NEEDED or about.get(name)}


def with_company(patterns: str) -> str:
    """Return a word list or a pattern with the placeholder where ``{company}`` stands."""
    return patterns.replace(IN_LISTS, PLACEHOLDER)


def _pattern(name: str) -> str:
    """Return the pattern of a name: it may have an ending ("Exempels"), and if it is long begin a compound."""
    words = r"\s+".join(map(re.escape, name.split()))
    return rf"(?<!\w){words}(?:(?::?s)?(?!\w)" + (r"|(?=\w))" if len(name) >= _JOINED else ")")


def _goes_on(text: str, place: int) -> bool:
    return place < len(text) and (text[place].isalnum() or text[place] == "_")
