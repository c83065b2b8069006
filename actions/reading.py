"""Finds answers in what a visitor writes. Pure functions over text; each returns None where there is no answer."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from actions.texts import EVERYTHING, PATTERNS, SCOPES, USES, WRONG_DATA, Category
from actions.utterance import Utterance
from privacy.contact_addresses import normalise_email, normalise_phone
from privacy.errors import InvalidContactAddressError

SKIPPED: Final = "–"
"""Stands in an optional answer's slot when the visitor chose not to give it."""

LONGEST_ANSWER: Final = 1000
"""Characters of an answer in the visitor's own words; the edge takes no longer messages than twice this."""

_SHORT: Final = 8
"""A message of so few words may say that something else was meant; a longer one says something of its own."""

_FEW_WORDS: Final = 3
"""A yes or no of so few words says nothing else."""

_AROUND_ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"“”]+@[^\s<>()\[\],;:\"“”]+")
_AROUND_NUMBER: Final = re.compile(r"(?<![\w@.-])(?:\+|00|0)\d[\d\s\-()/.]{4,20}\d(?![\w@])")

_LETTERS: Final = re.compile(r"[^\W\d_]{2}")


def find_emails(text: str) -> list[str]:
    """Return the e-mail addresses in a text, each once, in order."""
    return _normalised(_AROUND_ADDRESS.findall(text), normalise_email)


def find_phones(text: str) -> list[str]:
    """Return the telephone numbers in a text, each once, in order, in international form."""
    return _normalised(_AROUND_NUMBER.findall(_AROUND_ADDRESS.sub(" ", text)), normalise_phone)


def email_in(said: Utterance) -> str | None:
    """Return the one address that was given; two are no answer."""
    addresses = find_emails(said.text)
    return addresses[0] if len(addresses) == 1 else None


def free_answer(said: Utterance) -> str | None:
    """Return the visitor's own words, if they say anything."""
    answer = " ".join(said.text.split())[:LONGEST_ANSWER]
    if said.intent in {"affirm", "deny"} and len(said.words) <= _FEW_WORDS:
        return None
    return answer if _LETTERS.search(answer) and not PATTERNS["no_answer"].match(answer.casefold()) else None


def skippable_answer(said: Utterance) -> str | None:
    """Return the visitor's own words, or the mark that they would rather not say."""
    return SKIPPED if said.intent == "deny" or PATTERNS["skipping"].search(said.lowered) else free_answer(said)


def recipient_answer(said: Utterance) -> str | None:
    """Return who is to have the data, without the "till" of the answer; or the mark that they would rather not say."""
    answer = skippable_answer(said)
    if answer is None or answer == SKIPPED or PATTERNS["to_oneself"].match(said.lowered):
        return answer
    return PATTERNS["towards"].sub("", answer) or answer


def scope_answer(said: Utterance) -> str | None:
    """Return what a request is to be about, as answered when asked: "Allt", or the visitor's own words."""
    return EVERYTHING if _only_everything(said) else free_answer(said)


def scope_in_passing(said: Utterance) -> str | None:
    """Return what a request is about if its first sentence gives it away."""
    return _category(said, SCOPES)


def use_in_passing(said: Utterance) -> str | None:
    """Return which use an objection is against if its first sentence gives it away."""
    category = _category(said, USES)
    if category:
        return category
    clause = PATTERNS["use"].search(said.text)
    return " ".join(clause[0].split())[:LONGEST_ANSWER] if clause else None


def reason_in_passing(said: Utterance) -> str | None:
    """Return the clause that gives a reason."""
    clause = PATTERNS["reason"].search(said.text)
    return " ".join(clause[0].split())[:LONGEST_ANSWER] if clause else None


def wrong_data_in_passing(said: Utterance) -> str | None:
    """Return which piece of data a first sentence says is wrong."""
    return _category(said, WRONG_DATA)


def correct_value_in_passing(said: Utterance) -> str | None:
    """Return what a first sentence says that it should be instead."""
    value = PATTERNS["correct_value"].search(said.text)
    return " ".join(value[1].split()).rstrip(".!")[:LONGEST_ANSWER] if value else None


def correct_value_answer(said: Utterance) -> str | None:
    """Return what it should be, as answered when asked; the name of a piece of data alone is no value of it."""
    written = " ".join(said.text.split())[:LONGEST_ANSWER]
    answer = written if find_phones(said.text) else free_answer(said)  # a number is an answer without any letter
    if answer is None or any(answer.casefold() == category.title.casefold() for category in WRONG_DATA):
        return None
    value = PATTERNS["said_value"].match(answer)
    return value[1] if value else answer


def marketing_addresses(said: Utterance) -> str | None:
    """Return the addresses and numbers to block, comma-separated."""
    found = find_emails(said.text) + find_phones(said.text)
    return ", ".join(found) or None


def client_company_answer(said: Utterance) -> str | None:
    """Return the name of the company whose data it is, or the mark that it is nobody's but ours."""
    if said.intent == "deny" or PATTERNS["ourselves"].match(said.plain):
        return SKIPPED
    return free_answer(said)


def client_company_in_passing(said: Utterance) -> str | None:
    """Return the employer that a first sentence about pay or bookkeeping names."""
    named = PATTERNS["client_name"].search(said.text) if may_be_a_clients(said.text) else None
    return named[1].rstrip(".")[:LONGEST_ANSWER] if named else None


def may_be_a_clients(text: str) -> bool:
    """Tell whether a text is about pay or an employer's bookkeeping, which a client of the company may decide over."""
    return bool(PATTERNS["client_data"].search(text.casefold()))


def mentions_marketing(text: str) -> bool:
    """Tell whether a text is about advertising, which needs no weighing."""
    return bool(USES[0].said.search(text.casefold()))


def means_another_case(said: Utterance) -> bool:
    """Tell whether a short message says that it is about another case than the chosen one."""
    return len(said.words) <= _SHORT and bool(PATTERNS["another_case"].search(said.lowered))


def begins_with_yes(said: Utterance) -> bool:
    """Tell whether the visitor agrees, whatever follows."""
    return bool(PATTERNS["agreeing"].match(said.lowered.strip()))


def _only_everything(said: Utterance) -> bool:
    others = (category for category in SCOPES if category.title != EVERYTHING)
    return bool(SCOPES[-1].said.search(said.lowered)) and not any(other.said.search(said.lowered) for other in others)


def _category(said: Utterance, categories: Iterable[Category]) -> str | None:
    return next((category.title for category in categories if category.said.search(said.lowered)), None)


def _normalised(candidates: Iterable[str], normalise: Callable[[str], str]) -> list[str]:
    found: dict[str, None] = {}
    for candidate in candidates:
        try:
            found[normalise(candidate.strip(" .,!?'’)("))] = None
        except InvalidContactAddressError:
            continue
    return list(found)
