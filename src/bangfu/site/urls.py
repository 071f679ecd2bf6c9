"""Every address of the site, app by app."""

from __future__ import annotations

from django.urls import include, path

from bangfu.books.grievances import public_urls as grievances_public
from bangfu.books.jobs.kinds import discover
from bangfu.books.notices import board, public_urls
from bangfu.books.publishing import public_urls as published_urls
from bangfu.books.screening import urls as screening_urls
from bangfu.site import api

discover()  # pages name the kinds of background work

# The public site: the board of notices, what is published of money and projects, and grievances.
PUBLIC = (
    [
        *public_urls.urlpatterns,
        *published_urls.urlpatterns,
        *grievances_public.urlpatterns,
    ],
    public_urls.app_name,
)

urlpatterns = [
    path("", include("bangfu.books.accounts.urls")),
    path("", include("bangfu.books.crossing.urls")),
    path("import/", include("bangfu.books.intake.urls")),
    path("jobs/", include("bangfu.books.jobs.urls")),
    path("households/", include("bangfu.books.households.urls")),
    path("notices/", include("bangfu.books.notices.urls")),
    path(board.ENGLISH, include(PUBLIC, namespace="public-en")),
    path(board.CHINESE, include(PUBLIC, namespace="public")),
    path("", include("bangfu.books.assistance.urls")),
    path("", include("bangfu.books.desk.urls")),
    path("api/v1/", api.urls),
    path("funds/", include("bangfu.books.funds.urls")),
    path("trace/", include("bangfu.books.tracing.urls")),
    path("indicators/", include("bangfu.books.indicators.urls")),
    path("red-flags/", include("bangfu.books.red_flags.urls")),
    path("spdci/social/v1.0.0/", include("bangfu.books.social_registry.urls")),
    path("cases/", include("bangfu.books.cases.urls")),
    path("payments/", include("bangfu.books.payments.urls")),
    path("", include("bangfu.books.assets.urls")),
    path("publishing/", include("bangfu.books.publishing.urls")),
    path("projects/", include("bangfu.books.projects.urls")),
    path("grievances/", include("bangfu.books.grievances.urls")),
    path("watch/", include("bangfu.books.supervision.urls")),
    path("screening/", include("bangfu.books.screening.urls")),
    path("policy/", include(screening_urls.policy_urls)),
]

handler400 = "bangfu.site.faults.bad_request"
handler403 = "bangfu.site.faults.forbidden"
handler404 = "bangfu.site.faults.not_found"
handler500 = "bangfu.site.faults.failed"
