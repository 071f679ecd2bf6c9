"""Rosters of other departments, compared with the households during screening (排查)."""

from __future__ import annotations

from bangfu.core.facts.codes import DESTITUTE_AID, HOUSING_GRADE, LOW_INCOME_AID
from bangfu.core.facts.model import Kind
from bangfu.core.language import Text
from bangfu.core.sheets.model import Column, Sheet

_NAME = Column("姓名", "name", Kind.TEXT, required=True)
_CERTIFICATE = Column(
    "证件号码", "certificate", Kind.GUARDED, aliases=("身份证号", "身份证号码"), required=True
)


def _roster(roster_id: str, name: str, title: Text, *columns: Column) -> Sheet:
    return Sheet(roster_id, name, title, (_NAME, _CERTIFICATE, *columns), key=("certificate",))


LOW_INCOME = _roster(
    "low_income",
    "民政低保名单",
    Text("民政：低保和特困人员", "Civil affairs: low-income and destitute people"),
    Column("类别", "kind", Kind.CODE, values=(*LOW_INCOME_AID[:2], *DESTITUTE_AID[:2])),
    Column("月保障金额（元）", "amount", Kind.FEN),
)
DISABLED = _roster(
    "disabled",
    "残联残疾人名单",
    Text("残联：持证残疾人", "Disabled persons' federation: certificate holders"),
    Column("残疾类别", "disability_class", Kind.TEXT),
    Column("残疾等级", "disability_grade", Kind.TEXT),
)
MEDICAL = _roster(
    "medical",
    "医保自付费用名单",
    Text("医保：住院和门诊慢特病自付费用", "Medical insurance: what patients paid themselves"),
    Column("总费用（元）", "total_cost", Kind.FEN),
    Column(
        "合规自付费用（元）", "out_of_pocket", Kind.FEN, aliases=("合规自付（元）",), required=True
    ),
)
HOUSES = _roster(
    "houses",
    "住建房屋鉴定名单",
    Text("住建：房屋安全鉴定", "Housing: safety grades"),
    Column("鉴定等级", "grade", Kind.CODE, values=HOUSING_GRADE, required=True),
)
VEHICLES = _roster(
    "vehicles",
    "公安车辆登记",
    Text("公安：车辆登记", "Police: vehicle registration"),
    Column("车辆类型", "kind", Kind.TEXT),
    Column("登记日期", "registered_on", Kind.DATE),
)
BUSINESSES = _roster(
    "businesses",
    "市场监管工商登记",
    Text("市场监管：经营主体登记", "Market supervision: business registration"),
    Column("主体名称", "business", Kind.TEXT),
    Column("登记日期", "registered_on", Kind.DATE),
)
DEATHS = _roster(
    "deaths",
    "死亡名单",
    Text("公安、卫健：死亡人员", "Police and health: deaths"),
    Column("死亡日期", "died_on", Kind.DATE),
)

ROSTERS = (LOW_INCOME, DISABLED, MEDICAL, HOUSES, VEHICLES, BUSINESSES, DEATHS)
