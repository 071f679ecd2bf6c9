"""The API under /api/v1: every app's part of it, tokens, refusals as JSON.

curl -H "Authorization: Bearer bangfu_…" https://county.example/api/v1/households
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import HttpBearer

from bangfu.books.accounts.actors import Actor
from bangfu.books.accounts.doors import open_to_all
from bangfu.books.accounts.tokens import actor_of_token
from bangfu.books.cases.api import router as cases
from bangfu.books.households.api import router as households
from bangfu.books.notices.api import router as notices
from bangfu.books.screening.api import router as findings
from bangfu.core.errors import InputError, NotFoundError, Problem, UserError
from bangfu.core.language import Text
from bangfu.site.middleware import NOT_FOUND, refused_as_json
from bangfu.web.misfits import misfit
from bangfu.web.rest import refusal

_NO_TOKEN = Text(
    "令牌缺失、不对、过期或已撤销。请在“我的账号”中新建令牌。",
    'The token is missing, wrong, over or revoked. Make one under "My account".',
)
_WRONG_FORM = Text("请求的内容不符合接口说明。", "The request is not as the schema says.")


class Token(HttpBearer):
    """Who comes in with a token of his."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        actor = actor_of_token(token, on=request.today)  # type: ignore[attr-defined]
        request.actor = actor  # type: ignore[attr-defined]
        return actor


class Api(NinjaAPI):
    """The API. Its schema is put together once: that takes a second, and anybody may ask for it."""

    _schema: OpenAPISchema | None = None

    def get_openapi_schema(self, **asked: Any) -> OpenAPISchema:
        """The whole schema; it is mounted at one address, so it is always the same."""
        if self._schema is None:
            self._schema = super().get_openapi_schema(**asked)
        return self._schema


api = Api(
    title="Bangfu 帮扶",
    version="1",
    description=(
        "Households, findings, cases and notices, inside the scope of the token's roles. "
        "What is not there and what is not yours answer alike. "
        "A refused request has written nothing."
    ),
    auth=Token(),
    urls_namespace="api",
)
ROUTERS = {
    "/households": households,
    "/findings": findings,
    "/cases": cases,
    "/notices": notices,
}
for prefix, router in ROUTERS.items():
    api.add_router(prefix, router)


@api.exception_handler(UserError)
def refused(request: HttpRequest, error: UserError) -> HttpResponse:
    """What a user can cause."""
    return refused_as_json(request, error)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    """No such address."""
    return refused_as_json(request, NotFoundError(NOT_FOUND))


@api.exception_handler(AuthenticationError)
def no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Nobody, or a token that is not good."""
    answer = JsonResponse(refusal(_NO_TOKEN, (), request.id), status=401)  # type: ignore[attr-defined]
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def wrong_form(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What does not fit the schema; the values sent are not repeated, for they may be personal."""
    problems = [
        Problem(
            ".".join(map(str, each["loc"])),
            misfit(each),
            rule=each["type"],
        )
        for each in error.errors
    ]
    return refused_as_json(request, InputError(_WRONG_FORM, problems))


@api.exception_handler(HttpError)
def no_json(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that is no JSON."""
    answer: dict[str, Any] = refusal(_WRONG_FORM, (), request.id)  # type: ignore[attr-defined]
    return JsonResponse(answer, status=error.status_code)


def _patterns() -> list[URLPattern]:
    """The addresses. The door is at each operation, and one without it does not start."""
    for router in ROUTERS.values():
        for view in router.path_operations.values():
            for operation in view.operations:
                if not hasattr(operation.view_func, "door"):
                    raise ImproperlyConfigured(f"{operation.path} has no door")
    patterns: list[URLPattern] = list(api.urls[0])  # type: ignore[arg-type]
    for pattern in patterns:
        open_to_all(pattern.callback)
    return patterns


urls = (_patterns(), "ninja", "api")
