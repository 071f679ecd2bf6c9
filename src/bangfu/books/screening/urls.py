"""Addresses of screening and of policy."""

from __future__ import annotations

from django.urls import path

from bangfu.books.screening import policy_views, views

urlpatterns = [
    path("", views.overview, name="screening"),
    path("run/", views.run_again, name="screening-run"),
    path("findings/", views.finding_list, name="findings"),
    path("findings/<int:finding_id>/", views.finding_page, name="finding"),
    path("findings/<int:finding_id>/restore/", views.restore, name="finding-restore"),
]

policy_urls = [
    path("", policy_views.values, name="policy"),
    path("values/<str:key>/", policy_views.value_history, name="policy-value"),
    path("rules/<str:rule>/", policy_views.rule, name="policy-rule"),
    path("what-if/", policy_views.what_if, name="what-if"),
    path("what-if/households/", policy_views.what_if_households, name="what-if-households"),
]
