"""What the values of findings and reasons are called, in words for people."""

from __future__ import annotations

from bangfu.core.facts.derived import DERIVED
from bangfu.core.facts.dictionary import FACTS
from bangfu.core.facts.english import ENGLISH
from bangfu.core.language import Text
from bangfu.core.policy.rules.spoken import spoken

FACT_OF = {fact.name: fact for facts in FACTS.values() for fact in facts} | {
    item.fact.name: item.fact for item in DERIVED
}
# What the rule language names beside facts: rows, words, definitions, parameters of rules.
_WORDS = {
    "members": Text("家庭成员", "members"),
    "jobs": Text("务工记录", "work rows"),
    "plans": Text("务工计划", "plans"),
    "households": Text("各户", "households"),
    "line": Text("收入线", "income line"),
    "expoor": Text("脱贫户", "ex-poor"),
    "monitored": Text("监测户", "monitored"),
    "cannot_work": Text("不能劳动", "cannot work"),
    "home_county": Text("本县", "the home county"),
    "in_vocational_school": Text("在读中高职", "in vocational school"),
    "age_limit": Text("年龄界限", "age limit"),
    "born_from": Text("出生起始日", "born from"),
    "cutoff": Text("起算月份", "from the month"),
    "digits": Text("应有位数", "digits expected"),
    "identified_from": Text("识别月份起", "recognised from"),
    "identified_to": Text("识别月份止", "recognised up to"),
    "identified_year": Text("识别年份", "year of recognition"),
    "lengths": Text("应有长度", "lengths expected"),
    "max_age": Text("年龄上限", "oldest age"),
    "max_heads": Text("户主最多人数", "heads at most"),
    "max_months": Text("最多月数", "months at most"),
    "maximum": Text("上限", "maximum"),
    "min_age": Text("年龄下限", "youngest age"),
    "min_kinds": Text("最少种数", "kinds at least"),
    "min_members": Text("最少人数", "members at least"),
    "min_months": Text("最少月数", "months at least"),
    "minimum": Text("下限", "minimum"),
    "person_length": Text("居民身份证位数", "characters of an ID number"),
    "reference": Text("参照日期", "reference date"),
    "removed_from": Text("消除月份起", "removed from"),
    "share": Text("比例", "share"),
    "start_year": Text("起始年份", "first year"),
}


def label(expression: str) -> Text:
    """What a value is called: a fact by its label, a condition in words.

    `expression` is a name or an expression of the rule language; a name without a word stays.
    """
    return spoken(expression, _word)


def _word(name: str) -> Text | None:
    fact = FACT_OF.get(name)
    if fact is None and name in ENGLISH:
        return Text(name, ENGLISH[name])
    if fact is None:
        return _WORDS.get(name)
    # A token stands for the number itself; what follows a semicolon explains, and names nothing.
    zh, en = fact.zh.removesuffix("标记"), fact.en.removeprefix("keyed token of the ")
    return Text(zh, en.partition(";")[0])
