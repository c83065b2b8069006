"""The animated QR code: one frame a second, computed by the backend when it is asked for, never ahead.

Source: RP API v6.0, "Animated QR".
"""

from __future__ import annotations

import hashlib
import hmac
import io

import segno


def qr_text(qr_start_token: str, qr_start_secret: str, elapsed_s: int) -> str:
    """Return the text of the frame that is valid ``elapsed_s`` whole seconds after the order's answer came.

    ``bankid.`` token ``.`` time ``.`` HMAC-SHA-256(key = ASCII secret, message = decimal time), in lower-case hex.
    """
    time = str(elapsed_s)
    code = hmac.digest(qr_start_secret.encode("ascii"), time.encode("ascii"), hashlib.sha256).hex()
    return f"bankid.{qr_start_token}.{time}.{code}"


def qr_svg(text: str, *, title: str) -> str:
    """Return ``text`` as a scalable SVG, dark on light whatever the page's colours, titled for a screen reader."""
    out = io.BytesIO()
    segno.make_qr(text, error="l").save(
        out, kind="svg", scale=4, border=4, dark="#000", light="#fff", title=title, omitsize=True, xmldecl=False
    )
    return out.getvalue().decode()
