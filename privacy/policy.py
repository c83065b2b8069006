"""The privacy policy as sections and passages, and citations that are proved to stand in it.

The text is handed in, word for word as published; its headings, in order, come beside it, since plain text does not
mark them.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from privacy.errors import PolicyStructureError, QuoteNotInPolicyError

_BULLET: Final = "- "


@dataclass(frozen=True, slots=True)
class Passage:
    """One line of the policy: a paragraph or an item of a list."""

    text: str
    """Word for word, without the list's dash."""

    is_list_item: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, up to the next heading."""

    title: str
    anchor: str
    """The fragment under which the policy page shows it."""

    text: str
    """Word for word, lines as published, without the heading."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The lines of the section, in order."""
        return tuple(
            Passage(line.removeprefix(_BULLET), line.startswith(_BULLET)) for line in self.text.splitlines() if line
        )

    def contains(self, quote: str) -> bool:
        """Tell whether the words stand in the section letter by letter."""
        return bool(quote.strip()) and quote in self.text


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer comes from."""

    section: str
    quote: str
    policy_version: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the policy."""

    version: str
    sections: tuple[Section, ...]

    def section(self, title: str) -> Section:
        """Return a section by its heading.

        Raises:
            PolicyStructureError: there is none.
        """
        for section in self.sections:
            if section.title == title:
                return section
        raise PolicyStructureError(f"the policy has no section {title!r}")

    def cite(self, section: str, quote: str) -> Citation:
        """Return the citation of words that stand in a section.

        Raises:
            PolicyStructureError: there is no such section.
            QuoteNotInPolicyError: the words do not stand in it letter by letter.
        """
        found = self.section(section)
        if not found.contains(quote):
            raise QuoteNotInPolicyError(f"not verbatim in {section!r}: {quote!r}")
        return Citation(section=section, quote=quote, policy_version=self.version, anchor=found.anchor)


def parse_policy(text: str, headings: Sequence[str], *, version: str) -> Policy:
    """Split the policy at its headings.

    Args:
        text: the policy, word for word; its first line is the first heading.
        headings: every heading, in the order of the text, each a line of its own there.
        version: what citations call this text.

    Raises:
        PolicyStructureError: a heading is missing, out of order, doubled, or text stands ahead of the first one.
    """
    lines = [line.rstrip() for line in text.removeprefix("\ufeff").splitlines()]
    if len(set(headings)) != len(headings):
        raise PolicyStructureError("a heading is listed twice")
    starts = list(_heading_lines(lines, headings))
    if not starts or any(lines[: starts[0]]):
        raise PolicyStructureError("text stands ahead of the first heading")
    ends = [*starts[1:], len(lines)]
    taken: set[str] = set()
    sections = []
    for title, start, end in zip(headings, starts, ends, strict=True):
        anchor = _unused(slug(title), taken)
        taken.add(anchor)
        sections.append(Section(title=title, anchor=anchor, text="\n".join(lines[start + 1 : end]).strip("\n")))
    return Policy(version=version, sections=tuple(sections))


def slug(title: str) -> str:
    """Return the anchor of a heading: ``Hur länge?`` becomes ``hur-lange``."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _heading_lines(lines: Sequence[str], headings: Sequence[str]) -> Iterator[int]:
    position = 0
    for heading in headings:
        try:
            position = lines.index(heading, position)
        except ValueError:
            raise PolicyStructureError(f"no line {heading!r} after the heading before it") from None
        yield position
        position += 1


def _unused(anchor: str, taken: set[str]) -> str:
    candidate, number = anchor, 1
    while candidate in taken:
        number += 1
        candidate = f"{anchor}-{number}"
    return candidate
