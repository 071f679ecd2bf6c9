"""Addresses of what is published, on the public site in each language."""

from __future__ import annotations

from django.urls import path

from bangfu.books.publishing import downloads
from bangfu.books.publishing import public_views as views

urlpatterns = [
    path("open/", views.index, name="open"),
    path("open/places/<str:code>/", views.place, name="open-place"),
    path("open/places/<str:code>/feed.atom", views.feed, name="open-feed"),
    path("open/places/<str:code>/oc4ids.json", downloads.oc4ids_package, name="open-oc4ids"),
    path("open/places/<str:code>/fiscal-data.zip", downloads.fiscal_package, name="open-fiscal"),
    path("open/places/<str:code>/open.xlsx", downloads.workbook, name="open-workbook"),
    path("open/plans/<uuid:series>/", views.plan, name="open-plan"),
    path("open/projects/<uuid:series>/", views.project, name="open-project"),
    path("open/months/<uuid:series>/", views.month, name="open-month"),
    path("open/draws/<uuid:series>/", views.draw, name="open-draw"),
    path("open/draws/<uuid:series>/<str:kind>.tsv", downloads.draw_list, name="open-draw-list"),
    path("open/seals/<uuid:series>/", views.seal, name="open-seal"),
    path("open/places/<str:code>/seals.json", downloads.seals, name="open-seals"),
    path("open/results/<uuid:series>/", views.results, name="open-results"),
]
