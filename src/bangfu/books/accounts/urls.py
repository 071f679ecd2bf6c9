"""Addresses of accounts."""

from __future__ import annotations

from django.urls import path

from bangfu.books.accounts import administration, place_pages, token_pages, views

urlpatterns = [
    path("log-in/", views.log_in, name="login"),
    path("log-in/code/", views.log_in_code, name="login-code"),
    path("log-out/", views.log_out, name="logout"),
    path("language/", views.choose_language, name="language"),
    path("me/", views.me, name="me"),
    path("me/password/", views.change_password, name="change-password"),
    path("me/second-factor/", views.set_second_factor, name="second-factor"),
    path("me/second-factor/begin/", views.begin_second_factor, name="begin-second-factor"),
    path("me/tokens/", token_pages.token_list, name="tokens"),
    path("me/tokens/<int:token_id>/revoke/", token_pages.revoke_token, name="revoke-token"),
    path("places/pick/", place_pages.pick, name="pick-place"),
    path("admin/operators/", administration.operators, name="operators"),
    path("admin/operators/new/", administration.new_operator, name="new-operator"),
    path("admin/operators/<str:username>/", administration.operator, name="operator"),
    path("admin/roles/", administration.roles, name="roles"),
    path("admin/places/", administration.place_list, name="divisions"),
    path("admin/places/<str:code>/", administration.place_keeping, name="place-keeping"),
    path("admin/journal/", administration.journal, name="journal"),
]
