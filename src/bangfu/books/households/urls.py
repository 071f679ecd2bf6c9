"""Addresses of households. The household's own page is the desk's."""

from __future__ import annotations

from django.urls import path

from bangfu.books.households import reveal, sample_views, views

urlpatterns = [
    path("", views.household_list, name="households"),
    path("export/", views.export_households, name="households-export"),
    path("samples/", sample_views.sample_list, name="samples"),
    path("samples/<int:sample_id>/", sample_views.sample_page, name="sample"),
    path("pick/", views.pick, name="pick-household"),
    path("by-number/", views.search_by_number, name="household-by-number"),
    path("<str:household_no>/reveal/", reveal.reveal_view, name="reveal"),
    path("<str:household_no>/arrival/", views.arrival, name="household-arrival"),
    path("<str:household_no>/departure/", views.departure, name="household-departure"),
    path("<str:household_no>/head/", views.head_change, name="household-head"),
    path("<str:household_no>/split/", views.split, name="household-split"),
    path("<str:household_no>/merge/", views.merge, name="household-merge"),
]
