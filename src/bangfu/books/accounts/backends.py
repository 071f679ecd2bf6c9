"""How an operator's password opens the door."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from bangfu.books.accounts.actors import operator_standing
from bangfu.books.accounts.models import Operator


class OperatorBackend(BaseBackend):
    """User name and password. An unknown name takes as long as a wrong password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: object,
    ) -> Operator | None:
        if username is None or password is None:
            return None
        operator = Operator.objects.filter(username=username).first()
        if operator is None:
            make_password(password)
            return None
        right = check_password(password, operator.password)
        return operator if right and operator.is_active else None

    def get_user(self, user_id: int) -> Operator | None:
        return operator_standing(user_id)
