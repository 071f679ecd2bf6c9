"""Where a notice stands on the public board, as an address and as a QR code."""

from __future__ import annotations

import segno
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def public_address(request: HttpRequest, notice_id: int) -> str:
    """The full address of a notice's public page: at BANGFU_SITE_URL, else at the request's host."""
    path = reverse("public:notice", args=[notice_id])
    return settings.SITE_URL + path if settings.SITE_URL else request.build_absolute_uri(path)


def qr_svg(address: str) -> str:
    """A QR code as SVG. Level M: a quarter of the dirt of a village board may cover it."""
    return segno.make(address, error="m", micro=False).svg_inline(scale=4, border=4)


def qr_image(request: HttpRequest, notice_id: int) -> str:
    """The QR code of a notice as the source of an image."""
    return segno.make(public_address(request, notice_id), error="m", micro=False).svg_data_uri(
        scale=4, border=4
    )
