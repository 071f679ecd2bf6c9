from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from api_ground import (
    COUNTY,
    EVERYWHERE,
    ID_NUMBER,
    MINE,
    NOT_MINE,
    NOW,
    OTHER,
    PLACES,
    TODAY,
    VILLAGE,
)
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from joserfc.jwk import ECKey, OKPKey, RSAKey
from social_outside import Outside
from social_systems import System

from bangfu.books.accounts.models import Grant
from bangfu.books.accounts.tokens import make_token
from bangfu.books.households.models import Household, Person
from bangfu.books.places.actions import load_places
from bangfu.books.social_registry import actions, delivery, queries
from bangfu.books.walls.guarded import token
from bangfu.books.walls.scope import Scope, within
from bangfu.site import clock


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def villages(database) -> None:
    with within(EVERYWHERE, by="tester"):
        load_places(by="tester", rows=PLACES, source="test")
        for number, village, name in ((MINE, VILLAGE, "甲虚构"), (NOT_MINE, OTHER, "乙虚构")):
            Household.objects.create(
                household_no=number,
                place_code=village,
                monitored_class=None if number == MINE else "突发严重困难户",
            )
            Person.objects.create(
                household_id=number,
                place_code=village,
                person_no="1",
                name=name,
                relation="户主",
                sex="男",
                birth=date(1960, 1, 1),
                certificate_token=token(ID_NUMBER if number == MINE else "420527196001010011"),
            )


@pytest.fixture
def program_as(villages, operator_of) -> Callable[..., Client]:
    """A client with a token of an operator who holds `role` at `place`."""

    def made(role: str, place: str = COUNTY, *, reads_only: bool = False, username: str = ""):
        operator = operator_of(role, place, username=username)
        with within(Scope((place,), frozenset(), "own account"), by=operator.username):
            secret = make_token(
                by=operator.username,
                name="test",
                grants=[Grant.objects.get(operator=operator).pk],
                reads_only=reads_only,
                valid_to=TODAY + timedelta(days=30),
                today=TODAY,
                now=NOW,
                place_code=place,
            )
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return made


@pytest.fixture
def register(villages, operator_of) -> Callable[..., System]:
    """A system registered at the village with an account of its clerk; other words as in
    `register_client`. It signs, unless `signs` is false; `opens` is its own key, where messages are encrypted."""

    def made(
        *,
        signs: bool = True,
        role: str = "village_clerk",
        at: str = VILLAGE,
        sender_id: str = "test-client",
        account: str = "",
        opens: RSAKey | ECKey | OKPKey | None = None,
        **more: Any,
    ) -> System:
        account = account or operator_of(role, at, username=f"{sender_id}-account").username
        key = Ed25519PrivateKey.generate() if signs else None
        signing = {"key_id": "1", "public_key": _pem(key)} if key else {}
        if opens:
            pem = opens.as_pem(private=False).decode()
            signing |= {"encryption_key_id": "e-1", "encryption_key": pem}
        words = {
            "known_as": "bangfu",
            "place_code": VILLAGE,
            "basis": "协议〔2026〕1 号",
            "attributes": sorted(queries.SEARCHABLE),
            "callback_hosts": ["spmis.example"],
            "callback_base": "https://spmis.example",
            **signing,
            **more,
        }
        with within(EVERYWHERE, by="tester"):
            actions.register_client(by="tester", sender_id=sender_id, operator=account, **words)
        with within(Scope((at,), frozenset(), "own account"), by=account):
            secret = make_token(
                by=account,
                name="test",
                grants=[grant.pk for grant in Grant.objects.filter(operator=account)],
                reads_only=False,
                valid_to=TODAY + timedelta(days=30),
                today=TODAY,
                now=NOW,
                place_code=at,
            )
        browser = Client(headers={"Authorization": f"Bearer {secret}"})
        return System(account, browser, sender_id, key, opens=opens)

    return made


@pytest.fixture
def outside(monkeypatch) -> Outside:
    """The other side, in the place of the network."""
    made = Outside()
    monkeypatch.setattr(delivery, "post", made.post)
    return made


def _pem(key: Ed25519PrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
