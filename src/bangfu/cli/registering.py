"""`bangfu registry`: the systems that may ask the social registry, and the keys of its messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bangfu.books.social_registry import actions, encryption, signatures
from bangfu.books.social_registry.queries import SEARCHABLE
from bangfu.cli.operator import As, working
from bangfu.cli.options import Lang, PlaceCode, place_code
from bangfu.cli.terminal import terminal
from bangfu.core import places
from bangfu.core.errors import UsageError
from bangfu.core.language import Text
from bangfu.site.start import setup_django

group = typer.Typer(no_args_is_help=True, help="社会登记接口 / the social registry (SPDCI)")


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(group, name="registry")


@group.command("add")
def add(
    sender_id: Annotated[str, typer.Argument(help="对方系统在报文里的名称 / its name in messages")],
    account: Annotated[str, typer.Option(help="它使用的账号 / the account it works with")],
    place: PlaceCode,
    basis: Annotated[str, typer.Option(help="依据：协议或文件 / the agreement by which it asks")],
    known_as: Annotated[
        str, typer.Option(help="本系统在对方报文里的名称 / our name in its messages")
    ] = "bangfu",
    host: Annotated[
        list[str] | None, typer.Option(help="可以回调的主机 / a host that may be called back")
    ] = None,
    base: Annotated[
        str, typer.Option(help="对方接口的起始地址 / where its registry addresses begin")
    ] = "",
    private: Annotated[
        bool, typer.Option("--private", help="可以回调内网地址 / hosts may be on a private network")
    ] = False,
    attribute: Annotated[
        list[str] | None, typer.Option(help="可以按什么查询 / what it may search by; all if absent")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="对方的 Ed25519 公钥（PEM 或 JWK） / its public key")
    ] = None,
    key_id: Annotated[str, typer.Option(help="公钥的编号 / the key's id")] = "",
    unsigned: Annotated[
        bool, typer.Option("--unsigned", help="报文不签名 / its messages are not signed")
    ] = False,
    encryption_key: Annotated[
        Path | None,
        typer.Option(
            help="对方的加密公钥（PEM 或 JWK），有则双方报文都加密"
            " / its key to encrypt for; with it messages of both sides are encrypted"
        ),
    ] = None,
    encryption_key_id: Annotated[
        str, typer.Option(help="加密公钥的编号 / the id of that key")
    ] = "",
    numbers: Annotated[
        bool, typer.Option("--numbers", help="可以得到身份证号 / answers may carry ID numbers")
    ] = False,
    operator: As = None,
    lang: Lang = None,
) -> None:
    """登记一个对方系统。 / Register a system."""
    if (key is None) != unsigned:
        raise UsageError(
            Text(
                "要么用 --key 给出公钥，要么用 --unsigned 写明不签名。",
                "Give its public key with --key, or say --unsigned.",
            )
        )
    code = place_code(place)
    with working(operator, place_code=places.NATION, purpose="social registry", writes=True) as by:
        actions.register_client(
            by=by,
            sender_id=sender_id,
            known_as=known_as,
            operator=account,
            place_code=code,
            basis=basis,
            attributes=attribute or sorted(SEARCHABLE),
            callback_hosts=host or [],
            callback_base=base,
            private_callbacks=private,
            key_id=key_id or ("1" if key else ""),
            public_key=_text(key) if key else "",
            encryption_key_id=encryption_key_id or ("1" if encryption_key else ""),
            encryption_key=_text(encryption_key) if encryption_key else "",
            shows_numbers=numbers,
        )
    terminal(lang).say(Text(f"已登记 {sender_id}（{code}）。", f"Registered {sender_id} ({code})."))


@group.command("key")
def key(
    encryption_of: Annotated[
        bool, typer.Option("--encryption", help="加密公钥 / the key to encrypt for")
    ] = False,
    lang: Lang = None,
) -> None:
    """本系统的公钥（JWK），交给对方系统：签名的，或加密用的。

    / Our public key (JWK) for the other side: of our signatures, or to encrypt for.
    """
    setup_django()
    public = encryption.our_public_key() if encryption_of else signatures.our_public_key()
    typer.echo(json.dumps(public))


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(
            Text(f"读不了公钥文件 {file}。", f"The key file {file} cannot be read.")
        ) from fault
