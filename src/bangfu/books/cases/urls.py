"""Addresses of cases."""

from __future__ import annotations

from django.urls import path

from bangfu.books.cases.views import acts, boards, cases, opening

urlpatterns = [
    path("", boards.board, name="cases"),
    path("list/", boards.case_list, name="case-list"),
    path("bulk/", boards.bulk, name="case-bulk"),
    path("quota/", boards.quota, name="case-quota"),
    path("pick/", acts.pick, name="pick-case"),
    path("open/", opening.open_page, name="case-open"),
    path("<int:case_id>/", cases.case_page, name="case"),
    path("<int:case_id>/return/", acts.return_page, name="case-return"),
    path("<int:case_id>/withdraw/", acts.withdraw_page, name="case-withdraw"),
    path("<int:case_id>/merge/", acts.merge_page, name="case-merge"),
    path("<int:case_id>/reopen/", opening.reopen_page, name="case-reopen"),
    path("<int:case_id>/photos/<str:digest>/", cases.photo, name="case-photo"),
]
