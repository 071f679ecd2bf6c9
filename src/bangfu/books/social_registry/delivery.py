"""Posting an answer to the system that asked: a registered host, a checked address, no redirect."""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from bangfu.core.errors import InputError, UnavailableError
from bangfu.core.language import Text

SECONDS = 10.0
_NOT_REGISTERED = Text(
    "回调地址不在登记的主机上。", "The callback address is not on a registered host."
)
_AWAY = Text("对方没有接收，稍后再发。", "The other side did not take it; it is sent again later.")
_REFUSED = Text("对方拒收。", "The other side refused it.")


@dataclass(frozen=True, slots=True)
class Target:
    """Where an answer goes."""

    secure: bool
    host: str
    port: int
    path: str


def target(uri: str, *, hosts: Sequence[str], private: bool) -> Target:
    """The target of a callback address. InputError unless it is on one of `hosts` ("host" for the usual
    port, "host:port"), by https; plain http only where private addresses are registered."""
    refused = InputError(_NOT_REGISTERED)
    try:
        parts: SplitResult = urlsplit(uri)
        port = parts.port
    except ValueError as fault:
        raise refused from fault
    host = (parts.hostname or "").lower()
    secure = parts.scheme == "https"
    usual = 443 if secure else 80
    named = host if port in (None, usual) else f"{host}:{port}"
    plain = uri.isascii() and uri.isprintable() and " " not in uri and "@" not in parts.netloc
    if not (plain and host and (secure or (private and parts.scheme == "http"))):
        raise refused
    if named not in {each.lower() for each in hosts}:
        raise refused
    path = parts.path or "/"
    return Target(secure, host, port or usual, f"{path}?{parts.query}" if parts.query else path)


def address_of(host: str, port: int, *, private: bool) -> str:
    """The address to connect to. InputError when the name leads to a private one that is not registered:
    the address that was checked is the one that is called."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as fault:
        raise UnavailableError(_AWAY) from fault
    addresses = [str(each[4][0]) for each in found]
    if not private and not all(ipaddress.ip_address(each).is_global for each in addresses):
        raise InputError(_NOT_REGISTERED)
    return addresses[0]


def post(to: Target, message: Mapping[str, Any], *, private: bool) -> None:
    """Post a message. UnavailableError when it may be tried again, InputError when it was refused."""
    address = address_of(to.host, to.port, private=private)
    body = json.dumps(message, ensure_ascii=False).encode()
    connection = http.client.HTTPConnection(to.host, to.port, timeout=SECONDS)
    try:
        plain = socket.create_connection((address, to.port), timeout=SECONDS)
        connection.sock = (
            ssl.create_default_context().wrap_socket(plain, server_hostname=to.host)
            if to.secure
            else plain
        )
        connection.request("POST", to.path, body, {"Content-Type": "application/json"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as fault:
        raise UnavailableError(_AWAY) from fault
    finally:
        connection.close()
    if status >= 500 or status == 429:
        raise UnavailableError(_AWAY)
    if not 200 <= status < 300:
        raise InputError(_REFUSED)
