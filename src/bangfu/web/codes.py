"""English words for the values of closed lists, which the books keep in Chinese as the sheets do."""

from __future__ import annotations

from django.utils.functional import lazy

from bangfu.core.facts.model import Kind
from bangfu.core.language import Text
from bangfu.web import speech

ENGLISH = {
    # relation to the head
    "户主": "head",
    "配偶": "spouse",
    "之子": "son",
    "之女": "daughter",
    "之儿媳": "daughter-in-law",
    "之女婿": "son-in-law",
    "之孙子": "grandson",
    "之孙女": "granddaughter",
    "之外孙子": "grandson (daughter's)",
    "之外孙女": "granddaughter (daughter's)",
    "之父": "father",
    "之母": "mother",
    "之岳父": "wife's father",
    "之岳母": "wife's mother",
    "之公公": "husband's father",
    "之婆婆": "husband's mother",
    "之祖父": "grandfather",
    "之祖母": "grandmother",
    "之外祖父": "grandfather (mother's)",
    "之外祖母": "grandmother (mother's)",
    "之兄弟姐妹": "brother or sister",
    "之曾孙子": "great-grandson",
    "之曾孙女": "great-granddaughter",
    "之侄儿": "nephew",
    "之侄女": "niece",
    "之兄弟媳妇": "brother's wife",
    "之叔伯": "uncle",
    "其他": "other",
    "男": "male",
    "女": "female",
    # education and schooling
    "文盲或半文盲": "illiterate or nearly",
    "小学": "primary school",
    "初中": "junior middle school",
    "高中": "senior middle school",
    "大专": "college",
    "技师": "technician",
    "本科及以上": "university or higher",
    "学龄前儿童": "below school age",
    "学前教育": "kindergarten",
    "七年级": "grade 7",
    "八年级": "grade 8",
    "九年级": "grade 9",
    "普通高中一年级": "senior middle, year 1",
    "普通高中二年级": "senior middle, year 2",
    "普通高中三年级": "senior middle, year 3",
    "中职一年级": "secondary vocational, year 1",
    "中职二年级": "secondary vocational, year 2",
    "中职三年级": "secondary vocational, year 3",
    "高职高专一年级": "higher vocational, year 1",
    "高职高专二年级": "higher vocational, year 2",
    "高职高专三年级": "higher vocational, year 3",
    "技师学院一年级": "technician college, year 1",
    "技师学院二年级": "technician college, year 2",
    "技师学院三年级": "technician college, year 3",
    "技师学院四年级": "technician college, year 4",
    "本科一年级": "university, year 1",
    "本科二年级": "university, year 2",
    "本科三年级": "university, year 3",
    "本科四年级": "university, year 4",
    "本科五年级": "university, year 5",
    "硕士研究生及以上": "postgraduate",
    # work, health, standing
    "普通劳动力": "ordinary labour",
    "技能劳动力": "skilled labour",
    "弱劳动力或半劳动力": "weak or half labour",
    "丧失劳动力": "lost labour ability",
    "无劳动力": "no labour ability",
    "健康": "healthy",
    "长期慢性病": "chronic illness",
    "患有大病": "serious illness",
    "残疾": "disability",
    "中共党员": "Party member",
    "中共预备党员": "probationary Party member",
    "共青团员": "Youth League member",
    "群众": "no party",
    "居民身份证": "resident ID card",
    "残疾人证": "disability certificate",
    # monitoring
    "脱贫不稳定户": "unstable ex-poor household",
    "边缘易致贫户": "marginal household at risk",
    "突发严重困难户": "household in sudden severe difficulty",
    "脱贫户": "ex-poor household",
    "一般农户": "ordinary household",
    "因病": "illness",
    "因学": "schooling cost",
    "因残": "disability",
    "因安全住房": "unsafe housing",
    "因安全饮水": "unsafe water",
    "因务工就业不稳": "unstable employment",
    "因自然灾害": "natural disaster",
    "缺劳动力": "lack of labour",
    "意外事故": "accident",
    "产业失败": "business failure",
    "洪涝": "flood",
    "地质": "landslide or other geological",
    "旱灾": "drought",
    "生物": "pests",
    "气象": "weather",
    "地震": "earthquake",
    "帮扶消除": "by assistance",
    "自然消除": "by itself",
    "农村低保": "rural low-income allowance",
    "城市低保": "urban low-income allowance",
    "未享受": "none",
    "农村特困": "rural destitute support",
    "城市特困": "urban destitute support",
    "不享受": "none",
    "因贫": "poverty",
    "厌学": "unwilling to study",
    "已实施": "carried out",
    "尚未实施": "not carried out yet",
    "政府组织": "organised by government",
    "企业招聘": "recruited by a company",
    "亲友介绍": "through relatives or friends",
    "自主外出务工": "on one's own",
    "公益性岗位": "public-welfare post",
    "帮扶车间": "assistance workshop",
    # cases
    "农户自主申报": "reported by the household",
    "干部定期排查": "found by cadres on their rounds",
    "部门筛查预警": "warning of a department",
    "农户本人": "the household itself",
    "干部代为申请": "a cadre on its behalf",
    # samples
    "全部农户": "all households",
    "监测对象": "monitored households",
    # measures
    "产业帮扶": "industry help",
    "就业帮扶": "employment help",
    "金融帮扶": "finance help",
    "公益岗位帮扶": "public-welfare post",
    "住房安全保障": "safe housing",
    "饮水安全保障": "safe water",
    "健康帮扶": "health help",
    "义务教育保障": "compulsory education guarantee",
    "教育帮扶": "education help",
    "综合保障": "social security",
    "社会帮扶": "help from society",
    "搬迁": "relocation",
    "生产生活条件改善": "better living and production conditions",
    "基础设施建设": "infrastructure",
    "种植业": "crops",
    "养殖业": "livestock",
    "加工业": "processing",
    "乡村旅游": "rural tourism",
    "外出务工补贴": "subsidy for work away",
    "劳务输出": "labour export",
    "技能培训": "skill training",
    "小额信贷": "micro-credit",
    "低保": "low-income allowance",
    "特困供养": "destitute support",
    "残疾人补贴": "disability allowance",
    "临时救助": "temporary aid",
    "城乡居民基本医疗保险个人缴费补贴": "medical insurance premium subsidy",
    "大病救治": "treatment of serious illness",
    "慢病签约服务": "contracted care for chronic illness",
    "医疗救助": "medical aid",
    "雨露计划": "Rain and Dew schooling grant",
    "助学贷款": "student loan",
    "补助": "subsidy",
    "控辍保学": "keeping children in school",
    # how the county looks at a project
    "核对资料": "papers checked",
    "现场抽查": "visited on site",
}


def word(value: str | None) -> str:
    """A value of a closed list in the page's language; what is not listed stays as written."""
    if not value:
        return speech.NOTHING
    return ENGLISH.get(value, value) if speech.current() == "en" else value


# For the choices of a form, which is made once and spoken on each page.
later = lazy(word, str)


def words(values: object) -> str:
    """Several values in the page's language, separated."""
    if isinstance(values, str) or values is None:
        return word(values)
    return speech.listed(word(str(value)) for value in values) or speech.NOTHING  # type: ignore[attr-defined]


def fact(kind: Kind, value: object) -> str:
    """A value of a fact in words: money as yuan, a month, a day, yes or no, words of closed lists."""
    if value is None:
        return speech.NOTHING
    if kind is Kind.FEN and isinstance(value, int):
        return speech.say(Text(f"{speech.yuan(value)} 元", f"{speech.yuan(value)} yuan"))
    if kind is Kind.MONTH and isinstance(value, int):
        return speech.month(value)
    if kind is Kind.YES_NO:
        return speech.say(Text("是", "yes") if value else Text("否", "no"))
    return words(value) if kind in (Kind.CODE, Kind.VALUES) else str(value)
