"""Log-in, log-out, language, and the page about oneself."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

import segno
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from bangfu.books.accounts import actions, queries, second_factor, sessions
from bangfu.books.accounts.access import access, second_factor_enforced
from bangfu.books.accounts.actors import actor_of
from bangfu.books.accounts.doors import open_to_all, page
from bangfu.books.accounts.forms import CodeForm, LoginForm, OwnPasswordForm
from bangfu.books.accounts.models import Operator
from bangfu.books.places import queries as places_read
from bangfu.books.walls.scope import Scope, within
from bangfu.core.language import Text
from bangfu.web.forms import page_with
from bangfu.web.speech import say

LANGUAGE_COOKIE = "language"
_WRONG = Text(
    "用户名或密码不对。多次输错会锁定一段时间。",
    "User name or password is wrong. After several failures the account is locked for a while.",
)
_WRONG_CODE = Text(
    "动态口令或恢复码不对，或已经用过。",
    "The code is wrong, or was used already.",
)


@open_to_all
def log_in(request: HttpRequest) -> HttpResponse:
    """User name and password; a code follows where a second factor is set. Failures are counted by
    django-axes."""
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operator = auth.authenticate(request, **form.cleaned_data)
        if isinstance(operator, Operator):
            return _after_password(request, operator)
        form.add_error(None, say(_WRONG))
    return page_with(request, "accounts/login.html", form=form)


@open_to_all
def log_in_code(request: HttpRequest) -> HttpResponse:
    """The code of the second factor, or a recovery code, for who gave the password."""
    username = sessions.half(request.session, now=request.now)
    if username is None:
        return redirect("login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not AxesProxyHandler.is_allowed(request, {"username": username}):
            return locked(request)
        operator = Operator.objects.filter(username=username, is_active=True).first()
        if operator is not None and _opens(username, form.cleaned_data["code"], request.now):
            sessions.begin(request, operator, now=request.now)
            return redirect(_next(request, settings.LOGIN_REDIRECT_URL))
        user_login_failed.send(__name__, credentials={"username": username}, request=request)
        form.add_error(None, say(_WRONG_CODE))
    return page_with(request, "accounts/code.html", form=form)


def locked(
    request: HttpRequest, original: HttpResponse | None = None, credentials: object = None
) -> HttpResponse:
    """Too many failures: the account waits, whoever tries it."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    return render(request, "accounts/locked.html", {"minutes": minutes}, status=429)


def _after_password(request: HttpRequest, operator: Operator) -> HttpResponse:
    username = operator.get_username()
    with within(Scope((), frozenset(), "log in"), by=username, reason="log in"):
        factor = second_factor.is_set(username)
    if factor:
        sessions.begin_half(request, username, now=request.now)
        onwards = urlencode({"next": _next(request, settings.LOGIN_REDIRECT_URL)})
        return HttpResponseRedirect(f"{resolve_url('login-code')}?{onwards}")
    needed = access(request.today).second_factor_roles
    held = {role.role for role in actor_of(username, on=request.today).held}
    enrol = second_factor_enforced() and bool(held & needed)
    sessions.begin(request, operator, now=request.now, enrol=enrol)
    return redirect("second-factor" if enrol else _next(request, settings.LOGIN_REDIRECT_URL))


def _opens(username: str, code: str, now: datetime) -> bool:
    with within(Scope((), frozenset(), "log in"), by=username, reason="log in"):
        return second_factor.check(
            username=username, code=code, now=now
        ) or second_factor.spend_recovery_code(username=username, code=code, now=now)


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


@page(purpose="own account", own=True)
def me(request: HttpRequest) -> HttpResponse:
    """Who I am here: my roles, where, until when; my password and second factor."""
    username = request.actor.username
    grants = queries.grants_of(username, on=request.today)
    names = places_read.names(grant.place_code for grant in grants)
    for grant in grants:
        grant.place_name = names.get(grant.place_code, grant.place_code)  # type: ignore[attr-defined]
    return render(
        request,
        "accounts/me.html",
        {
            "grants": grants,
            "factor": second_factor.is_set(username),
            "codes_left": queries.recovery_codes_left(username),
            "idle": int(access(request.today).idle.total_seconds()) // 60,
            "longest": int(access(request.today).longest.total_seconds()) // 60,
        },
    )


@page(purpose="own account", own=True)
def change_password(request: HttpRequest) -> HttpResponse:
    """Give oneself another password. Every other session ends."""
    form = OwnPasswordForm(request.POST or None)
    if request.method == "POST":
        done = form.carry_out(
            lambda data: (
                actions.change_own_password(
                    by=request.actor.username,
                    current=data["current"],
                    password=data["password"],
                    place_code=_home(request),
                )
                or True
            )
        )
        if done:
            _keep_this_session(request)
            return redirect("me")
    return page_with(request, "accounts/password.html", form=form)


@page(purpose="own account", own=True)
def set_second_factor(request: HttpRequest) -> HttpResponse:
    """Set a second factor: a secret for the phone, its first code, and the recovery codes once."""
    by = request.actor.username
    if second_factor.is_set(by):
        return redirect("me")
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        codes = form.carry_out(
            lambda data: second_factor.confirm(
                by=by, code=data["code"], now=request.now, place_code=_home(request)
            )
        )
        if codes is not None:
            request.session.pop(sessions.ENROL, None)
            _keep_this_session(request)
            return render(request, "accounts/recovery.html", {"codes": codes})
        secret = second_factor.begin(by=by)
        return page_with(request, "accounts/factor.html", form=form, **_shown(secret, by))
    return page_with(request, "accounts/factor.html", form=form, begun=False)


@page(purpose="own account", own=True)
@require_POST
def begin_second_factor(request: HttpRequest) -> HttpResponse:
    """Draw the secret and show it, to be confirmed with its first code."""
    by = request.actor.username
    secret = second_factor.begin(by=by)
    return page_with(request, "accounts/factor.html", form=CodeForm(), **_shown(secret, by))


def _shown(secret: str, username: str) -> dict[str, object]:
    address = second_factor.address(secret, username)
    image = segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=4)
    return {"begun": True, "secret": secret, "image": image}


def _home(request: HttpRequest) -> str:
    """Where the journal keeps what somebody does to the own account."""
    return str(request.scope.places[0])


def _keep_this_session(request: HttpRequest) -> None:
    """The change has ended every session of the account; this one goes on."""
    operator = Operator.objects.get(username=request.actor.username)
    auth.update_session_auth_hash(request, operator)


def _next(request: HttpRequest, otherwise: str) -> str:
    """Where to go on, if it is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return resolve_url(otherwise)
