"""Sixty fund lines of one year, in the four classes of the county's own article (seed 002).

The sums are the article's five-year totals (2.3, 4.5, 2.35 and 0.35 hundred million yuan) at the
size of one late year: about 240 million yuan in the pool. Lines that may not be pooled (disaster
relief, allowances) stand in the list too, to be shown only.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sample.generator.model import Cell

FISCAL, SECTOR, TO_HOUSEHOLD, SOCIAL = "财政扶贫资金", "行业扶贫资金", "到户资金", "社会资金"
REVITALISATION, PLANNING, FINANCE = "县乡村振兴局", "县发展和改革局", "县财政局"
TRANSPORT, FARMING, FORESTRY, WATER = "县交通运输局", "县农业农村局", "县林业局", "县水利和湖泊局"
HOUSING, CIVIL, DISABLED, LAND = "县住房和城乡建设局", "县民政局", "县残联", "县自然资源和规划局"
EDUCATION, HEALTH, CULTURE, PEOPLES = (
    "县教育局",
    "县卫生健康局",
    "县文化和旅游局",
    "县民族宗教事务局",
)
LABOUR, ENVIRONMENT, CHARITY, EMERGENCY = (
    "县人力资源和社会保障局",
    "县生态环境局",
    "县慈善总会",
    "县应急管理局",
)

INDUSTRY, TRADE, ROAD, DRINKING = "产业发展", "流通服务", "农村道路", "安全饮水"
IRRIGATION, HOUSE, RELOCATION, TIDY = "农田水利", "农村危房改造", "易地扶贫搬迁", "农村环境整治"
FOREST, SCHOOL, CLINIC, POSTS = "林业生态", "教育帮扶", "健康帮扶", "公益岗位"
CREDIT, PUBLIC, ENERGY, FIELD = "金融贴息", "村级公共服务", "农业资源与生态保护", "高标准农田"
TOURISM, MANAGEMENT, TRAINING, FLOOD = "乡村旅游", "项目管理费", "就业培训", "山洪防治"

EX_POOR_ONLY = "脱贫户,监测户"
NO_SHARE = ""
REMOTE = "420527204"
# Every township but the remote one.
NEARER = ",".join(f"420527{at}" for at in (*range(101, 109), 201, 202, 203))
SEVENTH, SOUTH = "420527106,420527107", "420527201,420527202,420527203,420527204"


@dataclass(frozen=True)
class Line:
    """One kind of line. `wan` is its amount in 10,000 yuan before the year's odd remainder."""

    name: str
    fund_class: str
    level: str
    department: str
    wan: int
    purposes: str
    areas: str = ""
    beneficiaries: str = ""
    poolable: bool = True
    industry: str = NO_SHARE
    management: str = NO_SHARE


def _many(*purposes: str) -> str:
    return ",".join(purposes)


BRIDGING = _many(
    INDUSTRY, TRADE, ROAD, DRINKING, IRRIGATION, POSTS, TRAINING, CREDIT, TIDY, PUBLIC, MANAGEMENT
)
LINES = (
    Line("中央财政衔接推进乡村振兴补助资金（巩固拓展任务）", FISCAL, "中央", REVITALISATION, 1680, BRIDGING, industry="0.55", management="0.01"),
    Line("中央财政衔接推进乡村振兴补助资金（第二批）", FISCAL, "中央", REVITALISATION, 620, BRIDGING, industry="0.55", management="0.01"),
    Line("省级财政衔接推进乡村振兴补助资金", FISCAL, "省", REVITALISATION, 980, BRIDGING, industry="0.55", management="0.01"),
    Line("省级财政衔接资金（重点村整村推进）", FISCAL, "省", REVITALISATION, 420, BRIDGING, management="0.01"),
    Line("市级财政衔接推进乡村振兴补助资金", FISCAL, "市", REVITALISATION, 310, BRIDGING),
    Line("县级财政衔接推进乡村振兴资金", FISCAL, "县", REVITALISATION, 380, BRIDGING),
    Line("中央财政以工代赈资金", FISCAL, "中央", PLANNING, 360, _many(ROAD, IRRIGATION, TRADE, TIDY)),
    Line("中央预算内投资以工代赈示范工程", FISCAL, "中央", PLANNING, 240, _many(ROAD, IRRIGATION, TRADE)),
    Line("省级以工代赈资金", FISCAL, "省", PLANNING, 140, _many(ROAD, IRRIGATION, TIDY)),
    Line("革命老区建设资金", FISCAL, "省", PLANNING, 120, _many(ROAD, DRINKING, PUBLIC, TRADE)),
    Line("中央财政少数民族发展资金", FISCAL, "中央", PEOPLES, 160, _many(INDUSTRY, TRADE, ROAD, TOURISM), SOUTH),
    Line("省级少数民族发展资金", FISCAL, "省", PEOPLES, 60, _many(INDUSTRY, ROAD, TIDY), SEVENTH),
    Line("农村综合改革转移支付（一事一议奖补）", FISCAL, "中央", FINANCE, 384, _many(TIDY, ROAD, PUBLIC), NEARER),
    Line("扶持村级集体经济发展资金", FISCAL, "省", FINANCE, 150, _many(INDUSTRY, TRADE), NEARER),
    # The only money of the finance bureau that may go to the remote township: less than the floor of
    # the key village there asks of that bureau, so that one floor of the year cannot be met.
    Line("县级财政整合配套资金（偏远乡镇）", FISCAL, "县", FINANCE, 6, "*", REMOTE),
    Line("欠发达国有林场巩固提升任务资金", FISCAL, "中央", FORESTRY, 40, _many(FOREST, ROAD), "420527108,420527203"),
    Line("车辆购置税补助地方资金（农村公路）", SECTOR, "中央", TRANSPORT, 1650, ROAD),
    Line("省级农村公路建设补助", SECTOR, "省", TRANSPORT, 780, ROAD),
    Line("农村公路安防工程和危桥改造补助", SECTOR, "省", TRANSPORT, 310, ROAD),
    Line("县级农村公路养护资金", SECTOR, "县", TRANSPORT, 180, ROAD),
    Line("中央农业生产发展资金", SECTOR, "中央", FARMING, 920, _many(INDUSTRY, TRADE), industry="0.60"),
    Line("农业资源及生态保护补助资金", SECTOR, "中央", FARMING, 260, _many(INDUSTRY, TIDY, ENERGY)),
    Line("农田建设补助资金", SECTOR, "中央", FARMING, 740, _many(FIELD, IRRIGATION)),
    Line("省级农业产业化资金", SECTOR, "省", FARMING, 410, _many(INDUSTRY, TRADE)),
    Line("柑橘产业提质增效专项", SECTOR, "省", FARMING, 330, INDUSTRY, "420527101,420527102,420527106,420527201"),
    Line("茶叶产业发展专项", SECTOR, "市", FARMING, 210, INDUSTRY, "420527101,420527103,420527108"),
    Line("农村人居环境整治补助", SECTOR, "中央", FARMING, 380, TIDY),
    Line("中央林业改革发展资金", SECTOR, "中央", FORESTRY, 460, _many(FOREST, INDUSTRY)),
    Line("中央林业草原生态保护恢复资金", SECTOR, "中央", FORESTRY, 340, FOREST),
    Line("省级林业产业发展资金", SECTOR, "省", FORESTRY, 150, _many(FOREST, INDUSTRY)),
    Line("中央水利发展资金", SECTOR, "中央", WATER, 860, _many(IRRIGATION, DRINKING)),
    Line("农村饮水安全巩固提升资金", SECTOR, "省", WATER, 520, DRINKING),
    Line("山洪灾害防治和小型水库除险加固", SECTOR, "中央", WATER, 300, _many(FLOOD, IRRIGATION)),
    Line("水库移民后期扶持资金", SECTOR, "中央", WATER, 640, _many(INDUSTRY, TRADE, ROAD, DRINKING, TIDY), "420527101,420527102,420527103,420527104,420527106,420527202"),
    Line("高标准基本农田土地整治资金", SECTOR, "省", LAND, 480, _many(FIELD, IRRIGATION)),
    Line("地质灾害防治资金", SECTOR, "省", LAND, 120, _many(RELOCATION, HOUSE)),
    Line("旅游发展基金", SECTOR, "中央", CULTURE, 190, _many(TOURISM, PUBLIC)),
    Line("乡村文化服务设施资金", SECTOR, "省", CULTURE, 110, PUBLIC),
    Line("农村义务教育薄弱环节改善资金", SECTOR, "中央", EDUCATION, 360, SCHOOL),
    Line("基层卫生服务能力提升资金", SECTOR, "省", HEALTH, 240, CLINIC),
    Line("农村环境整治资金", SECTOR, "中央", ENVIRONMENT, 280, TIDY),
    Line("中央预算内投资（农村产业融合）", SECTOR, "中央", PLANNING, 180, _many(TRADE, TOURISM)),
    Line("农村危房改造补助资金", TO_HOUSEHOLD, "中央", HOUSING, 980, HOUSE, "", EX_POOR_ONLY),
    Line("省级农村危房改造配套", TO_HOUSEHOLD, "省", HOUSING, 340, HOUSE, "", EX_POOR_ONLY),
    Line("易地扶贫搬迁后续扶持资金", TO_HOUSEHOLD, "中央", PLANNING, 520, _many(RELOCATION, INDUSTRY, TRAINING), "", EX_POOR_ONLY),
    Line("省级易地搬迁后续扶持资金", TO_HOUSEHOLD, "省", PLANNING, 260, RELOCATION, "", EX_POOR_ONLY),
    Line("到户产业奖补资金", TO_HOUSEHOLD, "县", REVITALISATION, 860, INDUSTRY, "", EX_POOR_ONLY),
    Line("小额信贷财政贴息资金", TO_HOUSEHOLD, "省", REVITALISATION, 240, CREDIT, "", EX_POOR_ONLY),
    Line("雨露计划职业教育补助", TO_HOUSEHOLD, "省", REVITALISATION, 430, SCHOOL, "", EX_POOR_ONLY),
    Line("农村户用清洁能源补助", TO_HOUSEHOLD, "省", FARMING, 280, ENERGY),
    Line("困难残疾人家庭无障碍改造", TO_HOUSEHOLD, "省", DISABLED, 110, HOUSE, "", EX_POOR_ONLY),
    Line("就业补助资金（公益性岗位和交通补贴）", TO_HOUSEHOLD, "中央", LABOUR, 870, _many(POSTS, TRAINING), "", EX_POOR_ONLY),
    Line("生态护林员补助资金", TO_HOUSEHOLD, "中央", FORESTRY, 620, POSTS, "", EX_POOR_ONLY),
    Line("因灾倒房恢复重建补助", TO_HOUSEHOLD, "省", CIVIL, 180, HOUSE),
    Line("县直单位帮扶资金", SOCIAL, "社会", REVITALISATION, 260, "*"),
    Line("规模企业“村企共建”捐赠", SOCIAL, "社会", CHARITY, 230, "*"),
    Line("东西部协作和对口支援捐赠", SOCIAL, "社会", PLANNING, 310, _many(INDUSTRY, TRADE, SCHOOL, CLINIC)),
    Line("社会各界定向捐赠（教育）", SOCIAL, "社会", CHARITY, 120, SCHOOL),
    Line("防汛抗旱救灾资金", SECTOR, "中央", EMERGENCY, 420, "救灾", poolable=False),
    Line("城乡居民最低生活保障资金", TO_HOUSEHOLD, "中央", CIVIL, 3900, "低保金", "", "低保对象", poolable=False),
)  # fmt: skip
HEADER = (
    *("资金编号", "资金名称", "资金类别", "级次", "主管部门", "文号", "下达日期", "下达金额（元）"),
    *("到位金额（元）", "可用用途", "使用范围", "受益对象", "支出期限", "可否统筹", "产业占比下限"),
    "管理费上限",
)  # fmt: skip
ISSUERS = {"中央": "财农", "省": "鄂财农", "市": "宜财农", "县": "秭财农", "社会": "秭帮扶函"}


def rows(rng: Random) -> list[list[Cell]]:
    """The sheet's rows; `*` in a purpose means any, and is left empty as officials leave it."""
    out: list[list[Cell]] = []
    for index, line in enumerate(LINES, start=1):
        amount = line.wan * 10_000 + rng.choice((0, 0, 500, 1_250, 3_600, 8_040))
        month = rng.choice((1, 1, 1, 2, 2, 2))
        arrived = amount if rng.random() < 0.6 else amount * rng.choice((50, 70, 80, 90)) // 100
        out.append(
            [
                f"F2026{index:03d}",
                line.name,
                line.fund_class,
                line.level,
                line.department,
                f"{ISSUERS[line.level]}〔2026〕{rng.randint(3, 160)}号（演示）",
                f"2026-{month:02d}-{rng.randint(1, 28):02d}",
                amount,
                arrived,
                None if line.purposes == "*" else line.purposes,
                line.areas or None,
                line.beneficiaries or None,
                "2026-12-31" if rng.random() < 0.85 else "2027-06-30",
                "是" if line.poolable else "否",
                line.industry or None,
                line.management or None,
            ]
        )
    return out


def pool_total() -> int:
    """Yuan that may be pooled, without the odd remainders."""
    return sum(line.wan for line in LINES if line.poolable) * 10_000
