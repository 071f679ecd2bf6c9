"""What the journal's verbs, subjects and details are called in words; tests hold it complete."""

from __future__ import annotations

import json
import re

from bangfu.books.journal.named import named
from bangfu.core.facts.dictionary import plain
from bangfu.core.facts.model import Kind, Table
from bangfu.core.language import Text
from bangfu.web import speech
from bangfu.web.codes import fact, word

VERBS: dict[str, Text] = {
    "accounts.add": Text("新建账号", "made an account"),
    "accounts.assign_sample": Text("指派样本", "assigned a sample"),
    "accounts.change_password": Text("修改本人密码", "changed the own password"),
    "accounts.close": Text("停用账号", "closed an account"),
    "accounts.end_grant": Text("结束角色", "ended a role"),
    "accounts.end_sample": Text("结束样本", "ended a sample"),
    "accounts.force_log_out": Text("强制退出登录", "forced a log-out"),
    "accounts.grant": Text("授予角色", "granted a role"),
    "accounts.make_token": Text("新建接口令牌", "made an API token"),
    "accounts.open": Text("启用账号", "opened an account"),
    "accounts.remove_second_factor": Text("取消第二重验证", "removed the second factor"),
    "accounts.revoke_token": Text("撤销接口令牌", "revoked an API token"),
    "accounts.set_password": Text("重设密码", "set a password"),
    "accounts.set_second_factor": Text("设置第二重验证", "set the second factor"),
    "accounts.unlock": Text("解除锁定", "unlocked an account"),
    "assistance.agree_measure": Text("商定帮扶措施", "agreed a measure"),
    "assistance.start_measure": Text("措施开始", "started a measure"),
    "assistance.end_measure": Text("措施结束", "ended a measure"),
    "assistance.record_visit": Text("登记走访", "recorded a visit"),
    "cases.open": Text("开办个案", "opened a case"),
    "cases.enter": Text("填报个案", "entered a step"),
    "cases.check": Text("审核个案", "checked a case"),
    "cases.decide": Text("审批个案", "decided a case"),
    "cases.follow": Text("办理后续", "carried out what follows"),
    "cases.return": Text("退回个案", "returned a case"),
    "cases.withdraw": Text("撤回个案", "withdrew a case"),
    "cases.merge": Text("合并个案", "merged cases"),
    "cases.decompose_quota": Text("分解指标", "split the quota"),
    "crossing.offer_move": Text("提出迁移", "offered a move"),
    "crossing.accept_move": Text("接收迁入", "accepted a move"),
    "crossing.refuse_move": Text("拒绝迁入", "refused a move"),
    "crossing.withdraw_move": Text("撤回迁移", "withdrew a move"),
    "crossing.settle_duplicate": Text("核定重复人员", "settled a duplicate"),
    "desk.close_period": Text("结出期间汇总", "closed a period"),
    "desk.count_figures": Text("计算汇总数", "counted the figures"),
    "funds.import": Text("导入资金", "imported funds"),
    "funds.record_document": Text("登记资金文件", "recorded a document"),
    "funds.pledge": Text("登记预计资金", "pledged money"),
    "funds.announce": Text("下达资金指标", "announced money"),
    "funds.receive": Text("资金到位", "received money"),
    "funds.reverse": Text("冲销", "reversed a posting"),
    "funds.propose_plan": Text("提出资金计划", "proposed a plan"),
    "funds.approve_plan": Text("批准资金计划", "approved a plan"),
    "funds.post_plan": Text("资金计划记账", "posted a plan"),
    "funds.withdraw_plan": Text("撤回资金计划", "withdrew a plan"),
    "funds.restore": Text("追回资金再安排", "freed recovered money"),
    "funds.carry_over": Text("结转", "carried money over"),
    "funds.bring_in": Text("结转使用", "brought carried money in"),
    "funds.take_back": Text("收回", "recorded money taken back"),
    "funds.propose_amendment": Text("提出计划调整", "proposed an amendment"),
    "funds.notice_amendment": Text("公示计划调整", "put an amendment on the board"),
    "funds.sign_contract": Text("登记合同", "recorded a contract"),
    "funds.end_contract": Text("结束合同", "ended a contract"),
    "funds.draft_claim": Text("填报", "began a claim"),
    "funds.add_paper": Text("附材料", "attached a paper"),
    "funds.remove_paper": Text("移除材料", "took a paper off"),
    "funds.drop_claim": Text("作废报账", "dropped a claim"),
    "funds.lodge_claim": Text("提交报账", "lodged a claim"),
    "funds.check_claim": Text("审核报账", "checked a claim"),
    "funds.return_claim": Text("退回报账", "returned a claim"),
    "funds.pay": Text("支付", "paid"),
    "funds.bounce": Text("登记退汇", "recorded a bounced payment"),
    "funds.recover": Text("登记追回", "recorded a recovery"),
    "funds.reassign": Text("追回留项目", "kept recovered money for its project"),
    "funds.seal_month": Text("月末封账", "sealed a month"),
    "households.import": Text("导入农户", "imported households"),
    "households.birth": Text("登记新生儿", "recorded a birth"),
    "households.marriage_in": Text("登记嫁入、入赘", "recorded a marriage into the household"),
    "households.move_in": Text("登记成员迁入", "recorded a move in"),
    "households.return": Text("登记回归", "recorded a return"),
    "households.other_in": Text("登记其他增加", "recorded another arrival"),
    "households.death": Text("登记死亡", "recorded a death"),
    "households.marriage_out": Text("登记嫁出", "recorded a marriage out of the household"),
    "households.move_out": Text("登记成员迁出", "recorded a move out"),
    "households.emigration": Text("登记出国定居", "recorded an emigration"),
    "households.other_out": Text("登记其他减少", "recorded another departure"),
    "households.split": Text("分户", "split a household"),
    "households.merge": Text("并户", "merged households"),
    "households.head_change": Text("变更户主", "changed the head"),
    "households.register": Text("建档立卡", "registered a household"),
    "households.recognise": Text("识别为监测对象", "recognised a household"),
    "households.remove_risk": Text("消除风险", "removed a risk"),
    "households.exit_poverty": Text("脱贫退出", "let a household leave the register"),
    "households.reveal": Text("查看完整号码", "read a full number"),
    "intake.open": Text("上传工作簿", "uploaded workbooks"),
    "jobs.request": Text("交办后台任务", "asked for a task"),
    "keys.rotate": Text("更换密钥", "rotated the key"),
    "notices.publish": Text("发布公示", "published a notice"),
    "notices.withdraw": Text("撤回公示", "withdrew a notice"),
    "notices.enter_objection": Text("登记异议", "entered an objection"),
    "notices.answer_objection": Text("答复异议", "answered an objection"),
    "notices.look_up_objector": Text("查看异议人电话", "looked up an objector"),
    "payments.apply": Text("申报补助", "applied for a payment"),
    "payments.check": Text("审核补助", "checked a payment"),
    "payments.approve": Text("审批补助", "approved a payment"),
    "payments.refuse": Text("退回补助", "sent a payment back"),
    "payments.give_notice": Text("公示补助", "put payments on the board"),
    "payments.record_account": Text("登记一卡通账户", "recorded an account"),
    "payments.close_account": Text("停用一卡通账户", "closed an account"),
    "payments.record_loan": Text("登记小额贷款", "recorded a loan"),
    "payments.record_repayment": Text("登记还款", "recorded a repayment"),
    "payments.make_batch": Text("制作发放批次", "made a batch"),
    "payments.submit_batch": Text("发放批次报财政", "submitted a batch"),
    "payments.cancel_batch": Text("撤销发放批次", "cancelled a batch"),
    "payments.send_batch": Text("发放批次付款", "paid a batch"),
    "payments.bank_file": Text("取银行文件", "took a bank file"),
    "payments.take_return": Text("导入银行回盘", "took a bank's return"),
    "places.load": Text("导入区划", "loaded divisions"),
    "places.rename": Text("区划更名", "renamed a place"),
    "places.merge": Text("区划合并", "merged places"),
    "places.recode": Text("区划换码", "recoded a place"),
    "projects.import_key_villages": Text("导入重点村", "imported the key villages"),
    "projects.key_villages": Text("确定重点村", "listed the key villages"),
    "projects.village_plan": Text("登记村级规划", "recorded a village's plan"),
    "projects.team": Text("登记帮扶队成员", "named a member of a team"),
    "projects.meeting": Text("登记会议", "recorded a meeting"),
    "projects.milestone": Text("完成年度节点", "passed a milestone of the year"),
    "projects.commitment_done": Text("完成承诺事项", "carried out a commitment"),
    "projects.commitment_released": Text("解除承诺事项", "released a commitment"),
    "projects.propose": Text("申报项目", "proposed a project"),
    "projects.amend": Text("修改项目申报", "amended a proposal"),
    "projects.change_price": Text("变更合同价", "changed the price of what was tendered"),
    "projects.hand_in": Text("补交资料", "handed in papers"),
    "projects.arrange": Text("登记建设条件", "recorded how a project is built"),
    "projects.progress": Text("报告进度", "reported progress"),
    "projects.contribute": Text("登记投工投劳", "recorded villagers' own work"),
    "projects.defect": Text("登记质量问题", "noted a defect"),
    "projects.repair": Text("登记整改", "recorded a repair"),
    "projects.assess": Text("结项评估", "assessed a finished project"),
    "social_registry.register": Text("登记外部系统", "registered another system"),
    "social_registry.search": Text("外部系统查询", "answered another system's search"),
    "social_registry.call_back": Text("回复外部系统", "called another system back"),
    "social_registry.subscribe": Text("外部系统订阅", "took a subscription"),
    "social_registry.unsubscribe": Text("外部系统退订", "ended a subscription"),
    "social_registry.notify": Text("通知外部系统", "notified another system"),
    "projects.import": Text("导入项目", "imported projects"),
    "projects.finish": Text("项目完工", "finished a project"),
    "grievances.file": Text("收到信访", "filed a grievance"),
    "grievances.enter": Text("登记信访", "entered a grievance"),
    "grievances.accept": Text("受理信访", "took a grievance up"),
    "grievances.refuse": Text("不予受理信访", "did not take a grievance up"),
    "grievances.answer": Text("答复信访", "answered a grievance"),
    "grievances.appeal": Text("申请复查", "appealed an answer"),
    "grievances.decide_appeal": Text("作出复查结论", "decided an appeal"),
    "grievances.look_up_complainant": Text("查看反映人", "looked up who filed a grievance"),
    "supervision.fix_plan": Text("固定督查名单", "fixed an inspection list"),
    "supervision.draw_plan": Text("抽取督查对象", "drew whom to inspect"),
    "supervision.visit": Text("登记督查", "recorded an inspection"),
    "supervision.note_finding": Text("登记督查问题", "noted a finding"),
    "supervision.order": Text("下达整改通知", "ordered a finding put right"),
    "supervision.answer": Text("报告整改情况", "answered an order"),
    "supervision.recheck": Text("复查整改", "looked again"),
    "supervision.close": Text("销号", "closed a finding"),
    "supervision.draft_bulletin": Text("起草督查通报", "drafted a bulletin"),
    "supervision.edit_bulletin": Text("修改督查通报", "mended a bulletin"),
    "supervision.issue_bulletin": Text("签发督查通报", "issued a bulletin"),
    "screening.import_rosters": Text("导入部门名单", "imported rosters"),
    "screening.register_snapshot": Text("登记快照", "registered a snapshot"),
    "red_flags.look": Text("查找疑点", "looked for red flags"),
    "red_flags.dismiss": Text("排除疑点", "dismissed a red flag"),
    "red_flags.take_to_finding": Text("疑点转督查", "took a red flag to an inspection"),
    "red_flags.reopen": Text("恢复疑点", "opened a red flag again"),
    "red_flags.declare_relation": Text("登记利害关系申报", "recorded a declared relation"),
    "red_flags.end_relation": Text("结束利害关系申报", "ended a declared relation"),
    "publishing.publish": Text("对外公开", "published"),
    "publishing.withdraw": Text("撤下公开内容", "took a publication off"),
    "screening.run": Text("排查", "screened"),
    "screening.dismiss": Text("排除线索", "dismissed a finding"),
    "screening.restore": Text("恢复线索", "restored a finding"),
}
_SUBJECTS: dict[str, Text] = {
    "household": Text("农户", "household"),
    "households": Text("农户", "households"),
    "person": Text("成员", "person"),
    "case": Text("个案", "case"),
    "operator": Text("账号", "account"),
    "place": Text("地方", "place"),
    "places": Text("区划", "divisions"),
    "document": Text("文件", "document"),
    "batch": Text("批次", "batch"),
    "figures": Text("汇总数", "figures"),
    "finding": Text("排查结果", "finding"),
    "flag": Text("疑点", "flag"),
    "flags": Text("疑点", "flags"),
    "relation": Text("利害关系申报", "declared relation"),
    "month": Text("月份", "month"),
    "notice": Text("公示", "notice"),
    "objection": Text("异议", "objection"),
    "period": Text("期间", "period"),
    "plan": Text("计划", "plan"),
    "version": Text("版本", "version"),
    "posting": Text("凭证", "posting"),
    "publication": Text("公开内容", "publication"),
    "project": Text("项目", "project"),
    "contract": Text("合同", "contract"),
    "claim": Text("报账", "claim"),
    "payment": Text("支付", "payment"),
    "payments": Text("补助", "payments"),
    "from": Text("起自", "from"),
    "quota": Text("指标", "quota"),
    "entitlement": Text("补助", "entitlement"),
    "loan": Text("贷款", "loan"),
    "rosters": Text("名单", "rosters"),
    "sample": Text("样本", "sample"),
    "screening": Text("排查", "screening"),
    "run": Text("第", "run"),
    "snapshot": Text("快照", "snapshot"),
    "task": Text("任务", "task"),
    "token": Text("令牌", "token"),
    "round": Text("轮次", "round"),
    "keys": Text("密钥", "keys"),
    "grievance": Text("信访", "grievance"),
    "inspection": Text("督查计划", "inspection"),
    "problem": Text("督查问题", "problem"),
    "bulletin": Text("督查通报", "bulletin"),
    "village": Text("村", "village"),
}
_DETAILS: dict[str, Text] = {
    "decider": Text("申报人", "who declared"),
    "on": Text("日期", "day"),
    "from": Text("从", "from"),
    "to": Text("到", "to"),
    "other": Text("另一户", "other household"),
    "role": Text("角色", "role"),
    "assessor": Text("评估员", "assessor"),
    "households": Text("户数", "households"),
    "seed": Text("抽样种子", "seed"),
    "frame": Text("抽样名册", "drawn from"),
    "drawn_of": Text("名册户数", "households on the list"),
    "persons": Text("人数", "persons"),
    "places": Text("地方数", "places"),
    "grants": Text("角色", "roles"),
    "reads_only": Text("只读", "reads only"),
    "valid_to": Text("有效到", "valid until"),
    "family": Text("类别", "family"),
    "content": Text("内容", "content"),
    "result": Text("效果", "result"),
    "into": Text("并入", "into"),
    "kind": Text("种类", "kind"),
    "procedure": Text("程序", "procedure"),
    "total": Text("总数", "total"),
    "place": Text("地方", "place"),
    "finding": Text("结论", "finding"),
    "digest": Text("校验值", "digest"),
    "added": Text("新增", "added"),
    "changed": Text("修改", "changed"),
    "absent": Text("未见", "absent"),
    "found": Text("发现", "found"),
    "gone": Text("消失", "gone"),
    "field": Text("项目", "field"),
    "files": Text("文件数", "files"),
    "year": Text("年度", "year"),
    "month": Text("月份", "month"),
    "notice": Text("公示", "notice"),
    "upheld": Text("异议成立", "upheld"),
    "about": Text("事由", "about"),
    "rows": Text("行数", "rows"),
    "version": Text("第几版", "version"),
    "name": Text("名称", "name"),
    "rule": Text("规则", "rule"),
    "pieces": Text("笔数", "pieces"),
    "problem": Text("方案校验值", "problem"),
    "reverses": Text("冲销凭证", "reverses"),
    "amends": Text("调整的版本", "amends version"),
    "posting": Text("凭证", "posting"),
    "contract": Text("合同", "contract"),
    "claim": Text("报账", "claim"),
    "code": Text("材料", "paper"),
    "reasons": Text("原因", "reasons"),
    "finished_on": Text("完工日期", "finished on"),
    "step": Text("步骤", "step"),
    "state": Text("状态", "state"),
    "passes": Text("通过", "passes"),
    "round": Text("轮次", "round"),
    "batch": Text("批次", "batch"),
    "as": Text("格式", "format"),
    "lang": Text("语言", "language"),
    "scheme": Text("补助项目", "scheme"),
    "term": Text("期", "term"),
    "payments": Text("笔数", "payments"),
    "stopped": Text("拦下", "stopped"),
    "account": Text("账户编号", "account"),
    "file": Text("文件校验值", "file"),
    "paid": Text("已发放", "paid"),
    "failed": Text("发放失败", "failed"),
    "opens_on": Text("从哪天公示", "on the board from"),
    "closes_on": Text("公示到哪天", "on the board until"),
    "seed_source": Text("种子来源", "where the seed comes from"),
    "severity": Text("轻重", "severity"),
    "due_on": Text("期限", "due"),
    "village": Text("村", "villages"),
    "project": Text("项目", "projects"),
    "half": Text("半年", "half"),
    "number": Text("文号", "number"),
}
# After these each detail is a fund line with its fen.
_OF_LINES = frozenset(
    {
        "funds.pledge",
        "funds.announce",
        "funds.receive",
        "funds.restore",
        "funds.carry_over",
        "funds.bring_in",
        "funds.take_back",
    }
)
_WORD = re.compile(r"[a-z_]+")
_FACTS = plain(Table.HOUSEHOLD) | plain(Table.PERSON)


def verb(code: str) -> Text:
    """What was done, in words."""
    return VERBS.get(code, Text(code, code))


def subject(written: str) -> str:
    """What it was done to, in the page's language: "household 42…" → "农户 42…"."""
    return _WORD.sub(lambda found: speech.say(_subject(found[0])), written)


def _subject(code: str) -> Text:
    return _SUBJECTS.get(code) or named("scheme", code) or Text(code, code)


def details(code: str, written: str) -> str:
    """The details of an act in words, money as yuan; `written` is the journal's JSON."""
    if not written:
        return ""
    value = json.loads(written)
    if not isinstance(value, dict):
        return _plain(value)
    if code in _OF_LINES:
        return _joined({line: fact(Kind.FEN, fen) for line, fen in value.items()})
    return _joined({_label(name): _told(name, each) for name, each in value.items()})


def _label(name: str) -> str:
    known = _FACTS.get(name)
    if known is not None:
        return speech.say(Text(known.zh, known.en))
    if name == "fen":
        return speech.say(Text("金额", "amount"))
    return speech.say(_DETAILS[name]) if name in _DETAILS else name


def _told(name: str, value: object) -> str:
    if name == "fen":
        return fact(Kind.FEN, value)
    if name == "about":
        return subject(str(value))
    known = _FACTS.get(name)
    if known is not None:
        return fact(known.kind, value)
    code = named(name, value) if isinstance(value, str) else None
    return speech.say(code) if code is not None else _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return fact(Kind.YES_NO, value)
    if isinstance(value, list):
        return speech.listed(_plain(each) for each in value) or speech.NOTHING
    if isinstance(value, dict):
        return _joined({_label(name): _told(name, each) for name, each in value.items()})
    return word(str(value)) if value not in (None, "") else speech.NOTHING


def _joined(pairs: dict[str, str]) -> str:
    colon, between = ("：", "；") if speech.current() == "zh" else (": ", "; ")
    return between.join(f"{name}{colon}{value}" for name, value in pairs.items())
