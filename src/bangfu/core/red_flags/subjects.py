"""What signs of red flags can be asked of: every subject with its facts, each with type and meaning.

A subject is put together by plain Python (`money`, `contracts`, `tenders`, `records`) from the ledger and
the projects. Its facts are quantities, days, kinds and words, never a verdict: what is a threshold, a
comparison or a combination of conditions stands in the signs of `policy/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bangfu.core.facts.model import Fact, Kind
from bangfu.core.language import Text
from bangfu.core.red_flags.facts import FIELDS

TEXT, VALUES, YES_NO, FEN = Kind.TEXT, Kind.VALUES, Kind.YES_NO, Kind.FEN
INT, SHARE, DATE = Kind.INT, Kind.SHARE, Kind.DATE
CASH, QUOTA = "cash", "quota"


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of candidate that signs can be asked of.

    `facts` are those of a candidate. `rows` are those of the rows that candidates are put together from:
    a sign says by `among` which of them count. `words` are names that only a sentence may hold, said in
    each language. `needs` are the policy values that candidates are put together with.
    """

    name: str
    text: Text
    facts: Mapping[str, Fact]
    rows: Mapping[str, Fact] = field(default_factory=dict)
    words: Mapping[str, Text] = field(default_factory=dict)
    needs: tuple[str, ...] = ()


def _facts(*facts: tuple[str, Kind, str, str]) -> dict[str, Fact]:
    return {name: Fact(name, None, kind, zh, en) for name, kind, zh, en in facts}


_SUBJECTS = (
    Subject(
        "waiting_money",
        Text(
            "一笔资金在账上的钱，或没有安排的指标",
            "A line's cash in hand, or its quota not given out",
        ),
        _facts(
            ("fen", FEN, "放着的金额", "what waits"),
            ("longest", INT, "最久放了多少天", "days that the oldest of it has waited"),
        ),
        rows={
            "purse": Fact("purse", None, Kind.CODE, "现金或指标", "cash or quota", (CASH, QUOTA)),
            **_facts(
                ("poolable", YES_NO, "是否纳入整合", "the line is pooled"),
                ("days", INT, "到账多少天", "days since this part came"),
            ),
        },
    ),
    Subject(
        "cut_off",
        Text(
            "一笔资金在最近一个时点的支付", "A line's payments by the last cut-off that has passed"
        ),
        _facts(
            ("paid_fen", FEN, "当日止已支付", "money paid by that day"),
            ("announced_fen", FEN, "已下达指标", "quota announced"),
            ("share_asked", SHARE, "要求的支付比例", "the share that is asked by that day"),
        ),
        words={"progress": Text("时点的名称", "what the cut-off is called")},
        needs=("funds.paid_by_quarter_end",),
    ),
    Subject(
        "contract_payments",
        Text("一份合同和它的支付", "A contract with its payments"),
        _facts(
            ("number", TEXT, "合同编号", "number of the contract"),
            ("owed_fen", FEN, "合同金额减去核减", "its sum less what was released"),
            ("paid_fen", FEN, "已支付", "money paid of it"),
        ),
    ),
    Subject(
        "project_payments",
        Text("一个项目的支付", "A project's payments"),
        _facts(
            ("afterwards", YES_NO, "先建后补、以奖代补", "it is paid once it is accepted"),
            ("fen", FEN, "这些支付的合计", "these payments together"),
            ("contracted_fen", FEN, "合同合计减去核减", "its contracts less what was released"),
            (
                "share_before",
                SHARE,
                "验收前最多可付合同的比例",
                "the share of a contract that the steps of payment let be paid before acceptance",
            ),
        ),
        rows=_facts(
            ("day", DATE, "支付日期", "day of the payment"),
            ("accepted_on", DATE, "项目验收日期", "day of the project's acceptance"),
        ),
        words={"accepted": Text("何时验收，或尚未验收", "when it was accepted, if it was")},
        needs=("projects.payment_steps",),
    ),
    Subject(
        "accepted",
        Text(
            "一个项目的全部支付和验收认定", "All that is paid of a project, and what was accepted"
        ),
        _facts(
            ("paid_fen", FEN, "已支付", "money paid on its contracts"),
            ("accepted_fen", FEN, "验收认定金额", "what was accepted"),
        ),
    ),
    Subject(
        "contracts_together",
        Text(
            "同一收款单位，或同一村同一类别，在若干天内签的合同",
            "Contracts of one payee, or of one village and purpose, signed within so many days",
        ),
        _facts(
            ("contracts", INT, "合同份数", "number of them"),
            ("fen", FEN, "合计金额", "their sum"),
            ("first_on", DATE, "最早签订", "first day of signing"),
            ("last_on", DATE, "最晚签订", "last day of signing"),
        ),
        rows=_facts(
            ("contract_fen", FEN, "合同金额", "sum of the contract"),
            ("method", TEXT, "采购方式", "way in which the builder was chosen"),
        ),
        words={"shared": Text("相同的收款单位或村和类别", "the payee, or the village and purpose")},
        needs=("red_flags.split_days",),
    ),
    Subject(
        "wins",
        Text(
            "一家单位一年在一个部门的中标", "A firm's wins among a department's tenders of the year"
        ),
        _facts(
            ("firm", TEXT, "中标单位", "the firm"),
            ("year", TEXT, "年度", "the year"),
            ("tenders", INT, "部门一年的采购次数", "the department's tenders of the year"),
            ("wins", INT, "其中中标次数", "number of them that it won"),
            ("fen", FEN, "中标金额合计", "what it won"),
        ),
        words={"department": Text("部门", "the department")},
    ),
    Subject(
        "same_bidders",
        Text("同样几家投标的采购", "Tenders in which the same firms bid"),
        _facts(
            ("firms", INT, "投标单位数", "number of firms"),
            ("tenders", INT, "相遇次数", "number of tenders in which they met"),
            ("winners", INT, "中过标的单位数", "number of them that won"),
            (
                "out_of_turn",
                INT,
                "没有轮到却中标的次数",
                "tenders won by another than the one whose turn it was",
            ),
        ),
        words={
            "names": Text("这些单位", "the firms"),
            "order": Text("依次中标的单位", "who won, one after the other"),
        },
    ),
    Subject(
        "declared_relation",
        Text(
            "收款单位与经办人申报过的关系",
            "A relation to the payee, declared by somebody who decided about the contract",
        ),
        _facts(
            ("payee", TEXT, "收款单位", "the payee"),
            ("decider", TEXT, "申报人", "who declared it"),
            ("what", TEXT, "什么关系", "what it is"),
            ("fen", FEN, "合同金额", "sum of the contract"),
            ("signed_on", DATE, "合同签订日期", "day on which the contract was signed"),
            ("until", DATE, "关系结束日期", "day on which the relation ended"),
        ),
    ),
    Subject(
        "equal_payments",
        Text("同一收款单位的同额支付", "Payments of one sum to one payee"),
        _facts(
            ("payee", TEXT, "收款单位", "the payee"),
            ("payments", INT, "笔数", "number of them"),
            ("fen", FEN, "每笔金额", "the sum of each"),
        ),
        rows=_facts(("days_apart", INT, "与前一笔相隔天数", "days after the one before")),
    ),
    Subject(
        "term_payments",
        Text(
            "同一对象同一项补助同一期的发放", "What one recipient was paid of one aid for one term"
        ),
        _facts(
            ("scheme", TEXT, "补助项目", "the aid"),
            ("term", TEXT, "期", "the term"),
            ("payments", INT, "发放次数", "number of payments"),
            ("fen", FEN, "合计金额", "together"),
        ),
    ),
    Subject(
        "piece",
        Text("一笔资金安排给一个项目的钱", "What a line has given to a project"),
        _facts(
            ("purpose", TEXT, "项目类别", "purpose of the project"),
            ("purposes", VALUES, "资金可用的类别", "purposes that the line pays"),
            ("any_purpose", YES_NO, "资金不限类别", "the line pays any purpose"),
            ("line", TEXT, "资金编号", "number of the line"),
            ("fen", FEN, "安排金额", "money given"),
        ),
    ),
    Subject(
        "wording",
        Text(
            "项目、合同、报账里有负面清单一类的字样",
            "A project whose texts hold words of a class of the negative list",
        ),
        _facts(
            ("list_class", TEXT, "负面清单的类", "class of the negative list"),
            ("held_fen", FEN, "已安排资金", "money given to the project"),
            ("contracts", INT, "合同份数", "number of its contracts"),
        ),
        words={"found": Text("找到的字样", "the words that were found")},
        needs=("red_flags.negative_words", "funds.forbidden_exceptions"),
    ),
    Subject(
        "notices",
        Text("一个项目的公示", "A project's notices"),
        _facts(
            ("held_fen", FEN, "已安排资金", "money given to the project"),
            ("notices", INT, "公示次数", "number of its notices"),
            ("longest", INT, "最长公示天数", "days that the longest stood"),
            ("admitted_here", YES_NO, "在本系统办理入库", "it was admitted in these books"),
        ),
    ),
    Subject(
        "projects_together",
        Text("全县的项目，合为一条", "The county's projects, in one flag"),
        _facts(
            ("projects", INT, "项目数", "number of them"),
            ("fen", FEN, "安排资金合计", "money given to them"),
        ),
        rows=_facts(
            ("held_fen", FEN, "已安排资金", "money given to the project"),
            ("notices", INT, "公示次数", "number of its notices"),
            ("admitted_here", YES_NO, "在本系统办理入库", "it was admitted in these books"),
        ),
    ),
    Subject(
        "growth",
        Text("重点村整合资金比上年", "The pooled money of key villages, held against last year's"),
        _facts(
            ("last_year_fen", FEN, "上年", "money of last year"),
            ("more_fen", FEN, "比上年增加", "what is more than last year"),
        ),
        words={"reading": Text("增幅和要求", "the growth, and what is asked")},
    ),
    Subject(
        "village_money",
        Text("一个重点村的整合资金", "The pooled money of a key village"),
        _facts(("fen", FEN, "整合资金", "the pooled money")),
    ),
    Subject(
        "line",
        Text("一笔资金", "A line"),
        _facts(
            ("poolable", YES_NO, "是否纳入整合", "it is pooled"),
            ("allocated_fen", FEN, "已安排到项目", "money given to projects"),
            ("used_fen", FEN, "已签合同、报账或支付", "what of it is contracted, claimed or paid"),
            ("days", INT, "首次安排以来天数", "days since it was first given to a project"),
        ),
    ),
    Subject(
        "contract_and_limit",
        Text("一份合同和一个限额", "A contract held against a limit"),
        _facts(
            ("fen", FEN, "合同金额", "sum of the contract"),
            ("limit_fen", FEN, "限额", "the limit"),
            (
                "beyond_round_fen",
                FEN,
                "整数以外的零头",
                "what is over when the sum is cut to whole red_flags.round_to",
            ),
        ),
        words={"limit": Text("限额的名称", "what the limit is called")},
        needs=("red_flags.round_to", "red_flags.limits"),
    ),
    Subject(
        "terms_changed",
        Text(
            "项目的资金、目标、验收等内容的改动",
            "Changes of a project's money, target or acceptance",
        ),
        _facts(
            ("changes", INT, "改动次数", "number of them"),
            ("accepted_on", DATE, "验收日期", "day of acceptance"),
        ),
        rows={
            "field": Fact("field", None, Kind.CODE, "改动内容", "what was changed", tuple(FIELDS)),
            **_facts(
                ("changed_on", DATE, "改动日期", "day of the change"),
                ("accepted_on", DATE, "验收日期", "day of acceptance"),
            ),
        },
        words={"fields": Text("改了哪些内容", "what was changed")},
    ),
    Subject(
        "contract_days",
        Text("一份合同的日期", "The days of a contract"),
        _facts(
            ("number", TEXT, "合同编号", "number of the contract"),
            ("signed_on", DATE, "签订日期", "day of signing"),
            ("tendered_on", DATE, "采购结果日期", "day of the tender's result"),
            ("started_on", DATE, "项目开工日期", "day on which building began"),
            ("afterwards", YES_NO, "先建后补、以奖代补", "it is paid once it is accepted"),
            ("recorded_after", INT, "签订后多少天记账", "days from signing to recording"),
        ),
    ),
)
SUBJECTS: Mapping[str, Subject] = {subject.name: subject for subject in _SUBJECTS}
