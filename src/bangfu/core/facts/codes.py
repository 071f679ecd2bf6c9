"""Closed value lists of the national export and of the county sheets (domain: code lists).

The spelling of the 47-column national export is kept; other spellings met in real sheets are aliases
in `core.sheets`.
"""

RELATION = (
    "户主",
    "配偶",
    "之子",
    "之女",
    "之儿媳",
    "之女婿",
    "之孙子",
    "之孙女",
    "之外孙子",
    "之外孙女",
    "之父",
    "之母",
    "之岳父",
    "之岳母",
    "之公公",
    "之婆婆",
    "之祖父",
    "之祖母",
    "之外祖父",
    "之外祖母",
    "之兄弟姐妹",
    "之曾孙子",
    "之曾孙女",
    "之侄儿",
    "之侄女",
    "之兄弟媳妇",
    "之叔伯",
    "其他",
)
SEX = ("男", "女")
# 技师 stands in the county sheets only; the national list has six values.
EDUCATION = ("文盲或半文盲", "小学", "初中", "高中", "大专", "技师", "本科及以上")
SCHOOLING = (
    "学龄前儿童",
    "学前教育",
    "小学",
    "七年级",
    "八年级",
    "九年级",
    "普通高中一年级",
    "普通高中二年级",
    "普通高中三年级",
    "中职一年级",
    "中职二年级",
    "中职三年级",
    "高职高专一年级",
    "高职高专二年级",
    "高职高专三年级",
    "技师学院一年级",
    "技师学院二年级",
    "技师学院三年级",
    "技师学院四年级",
    "本科一年级",
    "本科二年级",
    "本科三年级",
    "本科四年级",
    "本科五年级",
    "硕士研究生及以上",
)
SKILL = ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力")
HEALTH = ("健康", "长期慢性病", "患有大病", "残疾")
POLITICAL = ("中共党员", "中共预备党员", "共青团员", "群众")
CERTIFICATE = ("居民身份证", "残疾人证")
MONITORED_CLASS = ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")
HOUSEHOLD_TYPE = ("脱贫户", "一般农户")
RISK = (
    "因病",
    "因学",
    "因残",
    "因安全住房",
    "因安全饮水",
    "因务工就业不稳",
    "因自然灾害",
    "缺劳动力",
    "意外事故",
    "产业失败",
    "其他",
)
DISASTER = ("洪涝", "地质", "旱灾", "生物", "气象", "地震", "其他")
REMOVAL_MODE = ("帮扶消除", "自然消除")
LOW_INCOME_AID = ("农村低保", "城市低保", "未享受")
DESTITUTE_AID = ("农村特困", "城市特困", "不享受")
NO_SCHOOL_REASON = ("因病", "因残", "因贫", "厌学", "其他")
DEVELOPMENT_STATUS = ("已实施", "尚未实施")
HOUSING_GRADE = ("A", "B", "C", "D")
EMPLOYMENT_CHANNEL = (
    "政府组织",
    "企业招聘",
    "亲友介绍",
    "自主外出务工",
    "公益性岗位",
    "帮扶车间",
    "其他",
)

# Measures (帮扶措施), by family. Real sheets hold more; an unlisted measure is kept as written.
INDUSTRY_HELP = ("种植业", "养殖业", "加工业", "乡村旅游", "其他")
EMPLOYMENT_HELP = ("外出务工补贴", "劳务输出", "帮扶车间", "技能培训", "其他")
FINANCE_HELP = ("小额信贷", "其他")
SOCIAL_SECURITY_HELP = ("低保", "特困供养", "残疾人补贴", "临时救助")
HEALTH_HELP = ("城乡居民基本医疗保险个人缴费补贴", "大病救治", "慢病签约服务", "医疗救助")
EDUCATION_HELP = ("雨露计划", "助学贷款", "其他")
COMPULSORY_EDUCATION_HELP = ("补助", "控辍保学")
