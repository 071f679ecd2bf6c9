"""The door of the social registry: token, form, sender, signature, encryption, then one transaction inside
the client's scope. What is refused has written nothing.

A registered system comes in with a token of its account (`accounts.tokens`), whose roles must reach the
whole place the system is registered for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError

from bangfu.books.accounts.actors import Actor
from bangfu.books.accounts.tokens import actor_of_token
from bangfu.books.social_registry import actions, encryption, messages, signatures
from bangfu.books.social_registry.actions import Asking
from bangfu.books.social_registry.encryption import EncryptionError
from bangfu.books.social_registry.messages import Envelope
from bangfu.books.social_registry.models import Client
from bangfu.books.social_registry.signatures import SignatureError
from bangfu.books.walls.scope import Scope, within
from bangfu.core.errors import ForbiddenError, InputError, UnavailableError, UserError
from bangfu.core.language import Text

NOBODY = Scope((), frozenset(), "social registry log-in")
# A message larger than this is none that anybody sends.
LARGEST_BYTES = 1_000_000
Answer = Callable[[Asking, Any], dict[str, Any]]


class _RefusedError(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def registered(
    action: str, kind: type[Envelope], *, files: bool = False
) -> Callable[[Answer], Callable[[HttpRequest], JsonResponse]]:
    """Put an endpoint behind the door. `files`: the message may also come as a file of a form."""

    def behind(answer: Answer) -> Callable[[HttpRequest], JsonResponse]:
        @csrf_exempt
        @wraps(answer)
        def entered(request: HttpRequest) -> JsonResponse:
            try:
                return JsonResponse(_carried_out(request, action, kind, answer, files=files))
            except _RefusedError as refused:
                return _refusal(request, refused.status, refused.code, refused.message)
            except SignatureError as refused:
                return _refusal(request, 401, refused.code, refused.message)
            except UserError as refused:
                return _as_refused(request, refused)

        entered.door = actions.PERSONS  # type: ignore[attr-defined]
        return entered

    return behind


def _carried_out(
    request: HttpRequest, action: str, kind: type[Envelope], answer: Answer, *, files: bool
) -> dict[str, Any]:
    actor, client = _who(request)
    if request.method != "POST":
        raise _RefusedError(405, "err.request.bad", "Messages are posted.")
    written = _written(request, action, files=files)
    now, today = request.now, request.today  # type: ignore[attr-defined]
    if client.public_key:
        signatures.check(
            written,
            sender=client.sender_id,
            key_id=client.key_id,
            public_key=client.public_key,
            now=now,
        )
    asked = _read(_opened(written, client), kind)
    _check_header(client, action, asked)
    asked.header.receiver_id = (
        client.known_as
    )  # where it was left out, the answer is ours all the same
    asking = Asking(
        client=client,
        by=actor.username,
        numbers=actions.may_have_numbers(client, actor.held, today=today),
        now=now,
        today=today,
    )
    with within(
        _scope(actor, client),
        by=actor.username,
        reason=actions.PURPOSE,
        request=request.id,  # type: ignore[attr-defined]
    ):
        return answer(asking, asked)


def _who(request: HttpRequest) -> tuple[Actor, Client]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    actor = None
    if scheme.lower() == "bearer" and token.isascii():
        actor = actor_of_token(token.strip(), on=request.today)  # type: ignore[attr-defined]
    if actor is None:
        raise _RefusedError(401, "err.request.unauthorized", "No such token.")
    with within(NOBODY, by=actor.username):
        client = Client.objects.filter(operator_id=actor.username).first()
    if client is None:
        raise _RefusedError(403, "err.request.forbidden", "The account is no registered system.")
    return actor, client


def _scope(actor: Actor, client: Client) -> Scope:
    """What the client sees: persons of its place. A role that only reads may ask too; what is written
    is the journal and the exchange."""
    reached = actor.reach(actions.PERSONS, place_code=client.place_code)
    if reached != (client.place_code,):
        says = Text(
            "令牌的角色够不到登记的地方。", "The token's roles do not reach the place registered."
        )
        raise ForbiddenError(says)
    scope = actor.scope(actions.PERSONS, purpose=actions.PURPOSE, place_code=client.place_code)
    return replace(scope, read_only=False)


def _written(request: HttpRequest, action: str, *, files: bool) -> dict[str, Any]:
    """The message as it stands."""
    if request.content_type == "application/json":
        raw = request.body
    elif files and request.content_type == "multipart/form-data":
        raw = _of_form(request, action)
    else:
        raise _bad("The body is application/json.")
    if len(raw) > LARGEST_BYTES:
        raise _bad("The message is too large.")
    try:
        written = json.loads(raw)
    except (ValueError, RecursionError):
        raise _bad("The body is no JSON.") from None
    if not isinstance(written, dict):
        raise _bad("A message is an object.")
    return written


def _of_form(request: HttpRequest, action: str) -> bytes:
    """The message in a file: fields `action`, `fileName` (the file) and `fileFormat`, which is json."""
    try:
        fields, sent = request.POST, request.FILES
    except MultiPartParserError:
        raise _bad("The form is not whole.") from None
    file = sent.get("fileName")
    if fields.get("action") != action or fields.get("fileFormat", "json") != "json" or file is None:
        raise _bad(f"The form holds action={action}, fileFormat=json and the file as fileName.")
    raw: bytes = file.read(LARGEST_BYTES + 1)
    return raw


def _opened(written: dict[str, Any], client: Client) -> dict[str, Any]:
    """The message in clear. One that must be encrypted and is not, or the other way, is refused."""
    header = written.get("header")
    encrypted = isinstance(header, dict) and header.get("is_msg_encrypted", False) is not False
    if encrypted != bool(client.encryption_key):
        says = "must be" if client.encryption_key else "are not"
        raise _RefusedError(400, encryption.CODE, f"Messages {says} encrypted, as registered.")
    if not encrypted:
        return written
    try:
        return written | {"message": encryption.opened(written.get("message"))}
    except EncryptionError:
        raise _RefusedError(
            400, encryption.CODE, "The message cannot be opened with a key of ours."
        ) from None


def _read(written: dict[str, Any], kind: type[Envelope]) -> Envelope:
    try:
        return kind.model_validate(written)
    except ValidationError as wrong:
        listed = wrong.errors(include_input=False, include_url=False, include_context=False)[:10]
        says = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in listed]
        raise _bad("; ".join(says)) from None


def _check_header(client: Client, action: str, asked: Envelope) -> None:
    header = asked.header
    if header.sender_id != client.sender_id:
        raise _RefusedError(403, "err.sender_id.invalid", "The token is another sender's.")
    if header.receiver_id not in ("", client.known_as):
        raise _RefusedError(400, "err.receiver_id.invalid", "The message is for somebody else.")
    if header.version != messages.VERSION:
        raise _RefusedError(
            400, "err.version.not_supported", f"Version {messages.VERSION} is spoken."
        )
    if header.action != action:
        raise _bad(f"The action here is {action}.")
    if header.total_count != asked.requests:
        raise _bad("total_count is the number of requests.")


def _bad(message: str) -> _RefusedError:
    return _RefusedError(400, "err.request.bad", message)


def _as_refused(request: HttpRequest, refused: UserError) -> JsonResponse:
    if isinstance(refused, ForbiddenError):
        return _refusal(request, 403, "err.request.forbidden", refused.text.en)
    if isinstance(refused, UnavailableError):
        return _refusal(request, 503, "err.service.unavailable", refused.text.en)
    if isinstance(refused, InputError):
        return _refusal(request, 400, "err.sender_uri.invalid", refused.text.en)
    return _refusal(request, 400, "err.request.bad", refused.text.en)


def _refusal(request: HttpRequest, status: int, code: str, message: str) -> JsonResponse:
    said = messages.refusal(request.now, code, message)  # type: ignore[attr-defined]
    answer = JsonResponse(said, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    if status == 405:
        answer["Allow"] = "POST"
    return answer
