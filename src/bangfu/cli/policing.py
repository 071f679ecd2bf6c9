"""`bangfu policy check` and `bangfu policy show`: the rules as data, and where each comes from."""

from __future__ import annotations

from typing import Annotated

import typer

from bangfu.cli.options import Lang, On, PlaceCode, day, place_code
from bangfu.cli.rules import load_policy
from bangfu.cli.terminal import terminal
from bangfu.core.language import Text
from bangfu.core.places import NATION
from bangfu.site import clock

UNVERIFIED = Text("未核实", "unverified")
VERIFIED = Text("已核实", "verified")


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    policy = typer.Typer(help="政策数据 / policy as data", no_args_is_help=True)
    policy.command("check")(check)
    policy.command("show")(show)
    app.add_typer(policy, name="policy")


def check(lang: Lang = None) -> None:
    """检查 policy/ 的全部文件。 / Check every file of policy/."""
    speak = terminal(lang)
    policy = load_policy()
    open_points = sum(value.status == "unverified" for value in policy.values)
    doubtful = sum(check.status == "unverified" for check in policy.all_checks)
    speak.say(
        Text(
            f"政策文件无误：{len(policy.values)} 个数值（{open_points} 个未核实），"
            f"{len(policy.all_checks)} 条检查（{doubtful} 条未核实），{len(policy.definitions)} 个公用条件，"
            f"{len(policy.procedures.all)} 个程序，{len(policy.signs)} 个疑点迹象，{len(policy.sources)} 个来源；{len(policy.left_out)} 条目录规则未采用。",
            f"The policy is sound: {len(policy.values)} values ({open_points} unverified), "
            f"{len(policy.all_checks)} checks ({doubtful} unverified), {len(policy.definitions)} definitions, "
            f"{len(policy.procedures.all)} procedures, {len(policy.signs)} signs of red flags, {len(policy.sources)} sources; {len(policy.left_out)} rows of the catalogue are left out.",
        )
    )


def show(
    key: Annotated[str, typer.Argument(help="键，如 income.line / a key, e.g. income.line")],
    place: PlaceCode = NATION,
    on: On = None,
    lang: Lang = None,
) -> None:
    """查一个政策值：数值、单位、来源、状态、出处。 / One value: unit, source, status, file and line."""
    speak = terminal(lang)
    policy = load_policy()
    found = policy.value(key, place=place_code(place), on=day(on, clock.today()))
    until = found.end.isoformat() if found.end else "…"
    since = found.start.isoformat() if found.start else "…"
    status = UNVERIFIED if found.status == "unverified" else VERIFIED
    rows = [
        (Text("值", "value"), str(found.written)),
        (Text("单位", "unit"), found.unit),
        (Text("适用地区", "place"), found.place),
        (Text("有效期", "in force"), f"{since} – {until}"),
        (
            Text("来源", "source"),
            f"{found.source.text.to(speak.lang)} {found.source.address}".strip(),
        ),
        (Text("状态", "status"), status.to(speak.lang)),
        (Text("出处", "stated in"), f"{found.file}:{found.line}"),
    ]
    speak.table(
        Text(key, key),
        [Text("项", "item"), Text("内容", "content")],
        [[label.to(speak.lang), value] for label, value in rows],
    )
