"""What is public as files, on the public site."""

from __future__ import annotations

import json
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from bangfu.books.notices.public_door import public_page
from bangfu.books.publishing import shown
from bangfu.books.publishing.exporters import fiscal, oc4ids
from bangfu.books.publishing.exporters import workbook as workbooks
from bangfu.books.publishing.models import DrawLine, Kind, SealCopy
from bangfu.books.publishing.public_views import NOTHING, absolute, address, line_of, year_asked
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.supervision import drawing
from bangfu.web.speech import say
from bangfu.web.tables import download, workbook_response

ZIP, JSON = "application/zip", "application/json"


@public_page
def oc4ids_package(request: HttpRequest, code: str) -> HttpResponse:
    """The projects of a place and year as an OC4IDS package."""
    line = line_of(code)
    year = year_asked(request, shown.years(code))
    told = oc4ids.Package(
        settings.OC4IDS_PREFIX,
        line[0].name,
        absolute(request, address(request, "open-oc4ids", code)),
        request.now,  # type: ignore[attr-defined]
    )
    written = json.dumps(oc4ids.package(code, year, told), ensure_ascii=False, indent=2)
    return download(written.encode(), f"oc4ids-{code}-{year}.json", JSON)


@public_page
def fiscal_package(request: HttpRequest, code: str) -> HttpResponse:
    """The lines and movements of a place and year as a Fiscal Data Package."""
    line = line_of(code)
    year = year_asked(request, shown.years(code))
    written = fiscal.package(
        code,
        year,
        title=say(title_of(line[-1].name, year)),
        homepage=absolute(request, address(request, "open-place", code)),
        now=request.now,  # type: ignore[attr-defined]
    )
    return download(written, f"fiscal-data-{code}-{year}.zip", ZIP)


@public_page
def workbook(request: HttpRequest, code: str) -> HttpResponse:
    """What is public of a place and year as a workbook."""
    line_of(code)
    year = year_asked(request, shown.years(code))
    return workbook_response(f"open-{code}-{year}", workbooks.sheets(code, year, say))


@public_page
def draw_list(request: HttpRequest, series: UUID, kind: str) -> HttpResponse:
    """The list that was drawn from, to the byte as its digest takes it."""
    found = shown.publication(Kind.DRAW, series)
    rows = [] if found is None else list(shown.rows_of(DrawLine, found).filter(kind=kind))
    if not rows:
        raise NotFoundError(NOTHING)
    written = drawing.written({row.key: row.weight for row in rows})
    return download(written.encode(), f"{kind}.tsv", "text/tab-separated-values")


@public_page
def seals(request: HttpRequest, code: str) -> HttpResponse:
    """The seals of a county that are public, as `bangfu ledger verify --published` takes them."""
    county = line_of(code)[0].code
    rows = shown.inside(SealCopy, county).order_by("month")
    told = [[row.place_code, row.month, row.digest] for row in rows]
    return download(json.dumps(told, indent=1).encode(), f"seals-{county}.json", JSON)


def title_of(name: str, year: int) -> Text:
    """What a package of a place and year is called."""
    return Text(f"{name} {year} 年资金流水", f"Movements of money of {name}, {year}")
