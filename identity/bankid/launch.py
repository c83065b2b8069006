"""Launch links: how a browser opens the BankID app on its own device, and how the app finds back.

Pure functions of the User-Agent header. What an iPad says is what a Mac says; both open ``bankid:///``.

The nonce that proves "the same browser came back" must reach the browser only through BankID's app: it travels in the
``returnUrl`` that the *backend* gives BankID, and never in a link that we hand to the page (whoever started the order
could read it there and complete somebody else's approval).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

APP_SCHEME = "bankid:///"
APP_LINK = "https://app.bankid.com/"
NO_REDIRECT = "null"


class Platform(StrEnum):
    DESKTOP = "desktop"
    IOS = "ios"
    ANDROID = "android"


class Browser(StrEnum):
    SAFARI = "safari"
    CHROME = "chrome"
    FIREFOX = "firefox"
    EDGE = "edge"
    OPERA = "opera"
    SAMSUNG = "samsung"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Device:
    """What a User-Agent header tells about the visitor's side."""

    platform: Platform
    browser: Browser

    @property
    def mobile(self) -> bool:
        return self.platform is not Platform.DESKTOP

    @property
    def carries_nonce(self) -> bool:
        """Whether BankID's app can open an address in the very browser that the visitor came from.

        On iOS a web address opens in Safari (or the default browser) only, so the others come back without a nonce.
        """
        return self.platform is not Platform.IOS or self.browser is Browser.SAFARI


_IOS_BROWSERS = (
    ("CriOS/", Browser.CHROME),
    ("FxiOS/", Browser.FIREFOX),
    ("EdgiOS/", Browser.EDGE),
    ("OPT/", Browser.OPERA),
    ("OPiOS/", Browser.OPERA),
    ("OPX/", Browser.OPERA),
)
_OTHER_BROWSERS = (
    ("EdgA/", Browser.EDGE),
    ("Edg/", Browser.EDGE),
    ("OPR/", Browser.OPERA),
    ("SamsungBrowser/", Browser.SAMSUNG),
    ("Firefox/", Browser.FIREFOX),
    ("Chrome/", Browser.CHROME),
    ("Safari/", Browser.SAFARI),
)
_IOS_RETURN = {Browser.CHROME: "googlechromes://", Browser.FIREFOX: "firefox://"}


def device_of(user_agent: str) -> Device:
    """Return platform and browser of a User-Agent header; anything unknown is a desktop's other browser."""
    if any(word in user_agent for word in ("iPhone", "iPad", "iPod")):
        if "Safari/" not in user_agent:  # a web view inside some app: it cannot be returned to
            return Device(Platform.IOS, Browser.OTHER)
        return Device(Platform.IOS, _first(user_agent, _IOS_BROWSERS, otherwise=Browser.SAFARI))
    platform = Platform.ANDROID if "Android" in user_agent else Platform.DESKTOP
    return Device(platform, _first(user_agent, _OTHER_BROWSERS, otherwise=Browser.OTHER))


def return_url(device: Device, *, page_with_nonce: str) -> str | None:
    """Return the ``returnUrl`` for the backend's order, or None where the visitor switches back by hand."""
    if device.carries_nonce:
        return page_with_nonce
    return _IOS_RETURN.get(device.browser)


def launch_link(device: Device, auto_start_token: str, *, page: str, base: str | None = None) -> str:
    """Return the link that opens BankID's app with the order.

    Args:
        device: the visitor's.
        auto_start_token: of an order that was made for this start mode.
        page: our return page *without* nonce, for the deprecated ``redirect``; ``returnUrl`` overrides it.
        base: what stands before the query instead of BankID's own (the simulator's page, in development).

    Use it as a real link with ``referrerpolicy="origin"``; Android's Chrome, Edge, Samsung and Brave need a tap.
    """
    redirect = NO_REDIRECT
    if device.platform is Platform.IOS:
        redirect = page if device.browser is Browser.SAFARI else _IOS_RETURN.get(device.browser, NO_REDIRECT)
    query = urlencode({"autostarttoken": auto_start_token, "redirect": redirect})
    return f"{base or (APP_LINK if device.mobile else APP_SCHEME)}?{query}"


def _first(user_agent: str, signs: tuple[tuple[str, Browser], ...], *, otherwise: Browser) -> Browser:
    return next((browser for sign, browser in signs if sign in user_agent), otherwise)
