"""Addresses of moves and duplicates."""

from __future__ import annotations

from django.urls import path

from bangfu.books.crossing import views

urlpatterns = [
    path("moves/", views.moves, name="moves"),
    path("moves/<int:offer_id>/", views.move, name="move"),
    path("households/<str:household_no>/move/", views.offer, name="offer_move"),
    path("duplicates/", views.duplicates, name="duplicates"),
    path("duplicates/<int:duplicate_id>/", views.duplicate, name="duplicate"),
]
