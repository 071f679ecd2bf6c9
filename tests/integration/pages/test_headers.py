"""The headers that browsers hold a page to, on every page and every error."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("two_villages")

PAGES = ("/", "/households/", "/me/", "/nothing-here/", "/log-in/", "/sums/420527000000/")


@pytest.mark.parametrize("address", PAGES)
def test_every_answer_is_guarded(client_as, address):
    for client in (Client(), client_as("county_officer")):
        answer = client.get(address)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe-eval" not in policy
        script = next(part for part in policy.split(";") if "script-src" in part)
        assert "unsafe-inline" not in script
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_pages_of_the_books_are_not_kept_by_browsers_or_proxies(client_as):
    answer = client_as("county_officer").get("/households/")
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
