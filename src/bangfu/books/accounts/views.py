"""Log-in, log-out, language, and the page about oneself."""

from __future__ import annotations

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from bangfu.books.accounts.doors import open_to_all, page
from bangfu.books.accounts.forms import LoginForm
from bangfu.books.walls.scope import Scope, within
from bangfu.core.language import Text
from bangfu.web.forms import page_with
from bangfu.web.speech import say

LANGUAGE_COOKIE = "language"
_WRONG = Text(
    "用户名或密码不对。多次输错会锁定一段时间。",
    "User name or password is wrong. After several failures the account is locked for a while.",
)


@open_to_all
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page. Failures are counted by django-axes."""
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        operator = auth.authenticate(request, **given)
        if operator is not None:
            with within(Scope((), frozenset(), "log in"), by=given["username"], reason="log in"):
                auth.login(request, operator)
            return redirect(_next(request, settings.LOGIN_REDIRECT_URL))
        form.add_error(None, say(_WRONG))
    return page_with(request, "accounts/login.html", form=form, next=request.GET.get("next", ""))


@open_to_all
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session; what was kept on the device is cleared by the page that follows."""
    auth.logout(request)
    return redirect("login")


@open_to_all
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Speak the other language from now on."""
    response = HttpResponseRedirect(_next(request, "/"))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=31_536_000,
            samesite="Lax",
            httponly=True,
            secure=settings.PRODUCTION,
        )
    return response


@page(purpose="own account")
def me(request: HttpRequest) -> HttpResponse:
    """Who I am here: my roles, where, and what they let me see."""
    return render(request, "accounts/me.html")


def _next(request: HttpRequest, otherwise: str) -> str:
    """Where to go on, if it is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return resolve_url(otherwise)
