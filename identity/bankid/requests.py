"""What we ask BankID: the bodies of ``auth`` and ``sign``, with the documented limits checked before anything is sent.

Limits of texts are measured after base64. Source: RP API v6.0.
"""

from __future__ import annotations

import base64
import ipaddress
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic.alias_generators import to_camel

AUTH_VISIBLE_MAX = 1_500
AUTH_NON_VISIBLE_MAX = 1_500
SIGN_VISIBLE_MAX = 40_000
SIGN_NON_VISIBLE_MAX = 200_000
USER_AGENT_MAX = 256

TextFormat = Literal["plaintext", "simpleMarkdownV1"]


class _Part(BaseModel):
    """A piece of a request: camelCase on the wire, unset fields left out, input never repeated in an error."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    def body(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class WebDevice(_Part):
    """The visitor's browser, for BankID's risk computation."""

    referring_domain: Annotated[str, Field(min_length=3, max_length=253)]
    """The domain on which BankID is used, such as ``www.talenom.com``."""

    user_agent: Annotated[str, Field(min_length=1, max_length=USER_AGENT_MAX)]
    """Longer ones are cut."""

    device_identifier: Annotated[str, Field(min_length=1, max_length=64)]
    """The same for the same browser: a hash of its cookie."""

    @field_validator("user_agent", mode="before")
    @classmethod
    def _cut(cls, value: object) -> object:
        return value[:USER_AGENT_MAX] if isinstance(value, str) else value


class AppDevice(_Part):
    """The relying party's own app, for BankID's risk computation."""

    app_identifier: Annotated[str, Field(min_length=1)]
    device_os: Annotated[str, Field(min_length=1, alias="deviceOS")]
    device_model_name: Annotated[str, Field(min_length=1)]
    device_identifier: Annotated[str, Field(min_length=1, max_length=64)]


class Requirement(_Part):
    """What the BankID that is used must be; only a backend may set it, never a visitor."""

    pin_code: bool | None = None
    mrtd: bool | None = None
    card_reader: Literal["class1", "class2"] | None = None
    certificate_policies: tuple[str, ...] | None = None
    """Object identifiers; naming any drops all defaults."""

    personal_number: Annotated[str | None, Field(pattern=r"\A[0-9]{12}\z", repr=False)] = None
    """Twelve digits; somebody else's BankID then fails."""


class _OrderRequest(_Part):
    end_user_ip: str
    """The visitor's address as we see it, from a trusted proxy only; IPv4-mapped IPv6 is unwrapped."""

    requirement: Requirement | None = None
    user_visible_data_format: TextFormat | None = None
    return_url: Annotated[str | None, Field(min_length=1, max_length=512, repr=False)] = None
    """Where BankID's app goes afterwards. Left out, never empty: BankID refuses an empty one."""

    return_risk: bool | None = None
    web: WebDevice | None = None
    app: AppDevice | None = None

    @field_validator("end_user_ip")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        address = ipaddress.ip_address(value)
        mapped = getattr(address, "ipv4_mapped", None)
        return str(mapped or address)

    @model_validator(mode="after")
    def _one_device(self) -> _OrderRequest:
        if self.web and self.app:
            raise ValueError("either web or app, not both")
        return self


def _encoded(maximum: int, text: str | None) -> str | None:
    """Return ``text`` as BankID wants it: base64 of UTF-8.

    >>> _encoded(1_500, "This will be visible in the bankID app")
    'VGhpcyB3aWxsIGJlIHZpc2libGUgaW4gdGhlIGJhbmtJRCBhcHA='
    """
    if text is None:
        return None
    encoded = base64.b64encode(text.encode()).decode("ascii")
    if not 1 <= len(encoded) <= maximum:
        raise ValueError(f"1 to {maximum} characters once encoded, not {len(encoded)}")
    return encoded


class AuthRequest(_OrderRequest):
    """``auth``: identify. Texts are given plain and encoded on the way out."""

    user_visible_data: Annotated[str | None, Field(repr=False)] = None
    user_non_visible_data: Annotated[str | None, Field(repr=False)] = None

    def body(self) -> dict[str, Any]:
        texts = {
            "userVisibleData": _encoded(AUTH_VISIBLE_MAX, self.user_visible_data),
            "userNonVisibleData": _encoded(AUTH_NON_VISIBLE_MAX, self.user_non_visible_data),
        }
        return super().body() | {name: text for name, text in texts.items() if text is not None}


class SignRequest(_OrderRequest):
    """``sign``: put one's name to ``user_visible_data``. Texts are given plain and encoded on the way out."""

    user_visible_data: Annotated[str, Field(repr=False)]
    user_non_visible_data: Annotated[str | None, Field(repr=False)] = None

    def body(self) -> dict[str, Any]:
        texts = {
            "userVisibleData": _encoded(SIGN_VISIBLE_MAX, self.user_visible_data),
            "userNonVisibleData": _encoded(SIGN_NON_VISIBLE_MAX, self.user_non_visible_data),
        }
        return super().body() | {name: text for name, text in texts.items() if text is not None}
