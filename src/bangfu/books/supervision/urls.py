"""Addresses of supervision."""

from __future__ import annotations

from django.urls import path

from bangfu.books.supervision.views import bulletins, findings, plans, tracing

urlpatterns = [
    path("", findings.finding_list, name="watch"),
    path("findings/new/", findings.note_page, name="watch-finding-new"),
    path("findings/<int:finding_id>/", findings.finding_page, name="watch-finding"),
    path("findings/<int:finding_id>/next/", findings.act_page, name="watch-finding-next"),
    path(
        "findings/<int:finding_id>/files/<int:file_id>/",
        findings.file_page,
        name="watch-finding-file",
    ),
    path("findings/<int:finding_id>/trace/", tracing.trace_page, name="watch-trace"),
    path("projects/<int:project_id>/", tracing.project_page, name="watch-project"),
    path("inspections/", plans.plan_list, name="inspections"),
    path("inspections/<int:plan_id>/", plans.plan_page, name="inspection-plan"),
    path("inspections/targets/<int:target_id>/", plans.target_page, name="inspection-visit"),
    path("inspections/visits/new/", plans.visit_new, name="inspection-beside"),
    path("inspections/visits/<int:visit_id>/", plans.visit_page, name="inspection-seen"),
    path(
        "inspections/visits/<int:visit_id>/files/<int:file_id>/",
        plans.visit_file,
        name="inspection-file",
    ),
    path("bulletins/", bulletins.bulletin_list, name="bulletins"),
    path("bulletins/<int:bulletin_id>/", bulletins.bulletin_page, name="bulletin"),
    path("bulletins/<int:bulletin_id>/pdf/", bulletins.bulletin_pdf, name="bulletin-pdf"),
]
