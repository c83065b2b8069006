"""Why an answer did not help, as the console says it. The widget's own words for the visitor are near to these."""

from types import MappingProxyType
from typing import Final

REASONS: Final = MappingProxyType(
    {
        "not_my_question": "gällde något annat",
        "unclear": "svårt att förstå",
        "incomplete": "något saknas",
        "wrong": "det är fel",
        "other": "något annat",
    }
)
