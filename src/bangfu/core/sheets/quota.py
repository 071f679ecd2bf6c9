"""The sheet of a quota's decomposition (规模分解): a weight a place, and who was recognised there."""

from __future__ import annotations

from bangfu.core.errors import Problem
from bangfu.core.facts.model import Kind
from bangfu.core.language import Text
from bangfu.core.places import is_code, level
from bangfu.core.screening.quota import LEVELS
from bangfu.core.sheets.assemble import ROW, SheetRows
from bangfu.core.sheets.model import Column, Sheet

QUOTA = Sheet(
    id="quota",
    name="规模分解",
    title=Text(
        "规模分解：每个最低一级的地方一行",
        "Decomposition of a quota: a row a place of the lowest level",
    ),
    key=("place_code",),
    columns=(
        Column("区划代码", "place_code", Kind.TEXT, required=True),
        Column("名称", "name", Kind.TEXT, aliases=("村", "地名")),
        Column(
            "权重",
            "weight",
            Kind.INT,
            required=True,
            note=Text(
                "整数，通常为农村人口×估计发生率",
                "A whole number, by convention rural population × estimated incidence",
            ),
        ),
        Column(
            "已识别数",
            "recognised",
            Kind.INT,
            aliases=("已识别人数", "已识别户数"),
            note=Text("没有可不填", "May be left empty"),
        ),
    ),
)


def weights(rows: SheetRows) -> tuple[dict[str, int], dict[str, int], list[Problem]]:
    """Weights and recognised counts by place code, and every problem by its cell.

    All places are of one level, that of the first: what lies above them is added up from them.
    """
    found: dict[str, int] = {}
    recognised: dict[str, int] = {}
    problems: list[Problem] = []
    lowest = None
    for row in rows.frame.iter_rows(named=True):
        code, weight, counted = row["place_code"], row["weight"], row.get("recognised")

        def wrong(field: str, zh: str, en: str, at: int = row[ROW], held: str = str(code)) -> None:
            problems.append(Problem(rows.where(at, field), Text(zh, en), held, f"quota-{field}"))

        if code is None or weight is None:
            continue  # told already: both columns are required
        if not is_code(code) or level(code) not in LEVELS:
            wrong(
                "place_code",
                "应为省、县、乡或村的 12 位区划代码。",
                "Needs the 12-digit code of a province, county, township or village.",
            )
            continue
        lowest = level(code) if lowest is None else lowest
        if level(code) is not lowest:
            wrong(
                "place_code",
                "各行应是同一级的地方，上级由它们相加。",
                "All rows are places of one level; what lies above is added up from them.",
            )
        elif code in found:
            wrong("place_code", "这个地方前面已有一行。", "This place has a row above already.")
        for field, value in (("weight", weight), ("recognised", counted)):
            if value is not None and value < 0:
                wrong(field, "不能为负数。", "Must not be negative.", held=str(value))
        found[code] = weight
        if counted is not None:
            recognised[code] = counted
    return found, recognised, problems
