"""`bangfu watch`: look for red flags in a county's year and print them."""

from __future__ import annotations

from typing import Annotated

import typer

from bangfu.books.red_flags import actions, queries
from bangfu.cli.operator import As, working
from bangfu.cli.options import Lang, PlaceCode, county_code, data_year
from bangfu.cli.rules import load_policy
from bangfu.cli.terminal import SHOWN, terminal
from bangfu.core.language import Text
from bangfu.site import clock


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("watch")(watch)


def watch(
    place: PlaceCode,
    year: Annotated[int, typer.Option(help="年度 / the year")],
    rule: Annotated[str | None, typer.Option(help="只列出这条规则 / list only this rule's")] = None,
    operator: As = None,
    lang: Lang = None,
) -> None:
    """查找一个县一年的疑点。 / Look for the red flags of a county's year."""
    speak = terminal(lang)
    year, county = data_year(year), county_code(place)
    policy, today = load_policy(), clock.today()
    with working(operator, place_code=county, purpose="watch", writes=True) as by:
        run = actions.look(
            by=by, place_code=county, year=year, policy=policy, today=today, now=clock.now()
        )
        found = queries.flags().filter(county_code=county, year=year).order_by("rule", "pk")
        listed = list(found.filter(rule=rule) if rule else found)
        titles = queries.rules(policy, county=county, on=today)
    speak.table(
        Text(f"{year} 年疑点", f"Red flags of {year}"),
        [Text("规则", "rule"), Text("对象", "about"), Text("为什么", "why")],
        [
            [
                titles[one.rule].title.to(speak.lang) if one.rule in titles else one.rule,
                one.label,
                one.reason.to(speak.lang),
            ]
            for one in listed[:SHOWN]
        ],
    )
    if len(listed) > SHOWN:
        left = len(listed) - SHOWN
        speak.say(Text(f"……还有 {left} 条。", f"… and {left} more."))
    speak.say(
        Text(
            f"{run.rules} 条规则，疑点 {run.found} 条：新增 {run.added}，变化 {run.changed}，"
            f"不再有 {run.gone}。",
            f"{run.rules} rules, {run.found} flags: {run.added} new, {run.changed} changed, "
            f"{run.gone} gone.",
        )
    )
