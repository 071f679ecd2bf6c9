"""Workbooks of long lists are made in the background."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from bangfu.books.households.listing import EXPORT, EXPORTED_BY, household_table
from bangfu.books.households.models import Household
from bangfu.books.jobs.kinds import Made, Result, Running, task_kind
from bangfu.core.language import Text
from bangfu.web.speech import speaking
from bangfu.web.tables import EXCEL, workbook_content

_WRITING = Text("正在写表", "Writing the rows")


@task_kind(EXPORT, title=Text("导出农户", "Export households"))
def export_households(job: Running) -> Result:
    """The workbook of the list of households, filtered and sorted as it was seen."""
    asked = QueryDict(mutable=True)
    asked.update({name: str(job.arguments[name]) for name in EXPORTED_BY if name in job.arguments})
    request = HttpRequest()
    request.GET = asked
    with speaking("en" if job.arguments["lang"] == "en" else "zh"):
        table = household_table(request, Household.objects.all())
        rows = table.sheet(lambda done, total: job.progress(done, total, _WRITING))
        made = Made("households.xlsx", workbook_content([rows]), EXCEL)
    return Result(
        Text("农户清单已做好。", "The list of households is ready."),
        f"{reverse('households')}?{asked.urlencode()}",
        [made],
    )
