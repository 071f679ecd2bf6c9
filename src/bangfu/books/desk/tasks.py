"""Large records are made in the background."""

from __future__ import annotations

from django.urls import reverse

from bangfu.books.desk import exporters, records
from bangfu.books.jobs.kinds import Made, Result, Running, task_kind
from bangfu.core.language import Lang, Text
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.tables import EXCEL

PRINT = "records.print"
PDF = "application/pdf"
STEPS = 2
_GATHERING = Text("正在汇集数据", "Gathering the data")
_SETTING = Text("正在排版", "Typesetting")


@task_kind(PRINT, title=Text("打印簿册", "Print records"))
def print_record(job: Running) -> Result:
    """The record of a place as PDF or workbook."""
    lang: Lang = "en" if job.arguments["lang"] == "en" else "zh"
    policy = policy_in_force()
    job.progress(0, STEPS, _GATHERING)
    record = records.record_of(job.place_code, policy=policy, today=job.today)
    job.progress(1, STEPS, _SETTING)
    title = record.title.to(lang)
    if job.arguments["as"] == "xlsx":
        content = exporters.record_workbook(record, lang=lang, today=job.today)
        made = Made(f"{title}-{record.code}.xlsx", content, EXCEL)
    else:
        content = exporters.record_pdf(
            record, policy=policy, lang=lang, today=job.today, now=job.now
        )
        made = Made(f"{title}-{record.code}.pdf", content, PDF)
    return Result(
        Text(
            f"{record.title.zh}已做好：{record.name}。", f"The {record.title.en.lower()} is ready."
        ),
        reverse("records", args=[record.code]),
        [made],
    )
