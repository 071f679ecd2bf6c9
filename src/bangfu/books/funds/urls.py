"""Addresses of the money."""

from __future__ import annotations

from django.urls import path

from bangfu.books.funds.views import amendments, claims, contracts, lines, months, payments, plans

urlpatterns = [
    path("", lines.line_list, name="funds"),
    path("lines/<int:line_id>/", lines.line_page, name="fund-line"),
    path("lines/<int:line_id>/enter/", lines.movement_page, name="fund-movement"),
    path("plans/", plans.plan_list, name="fund-plans"),
    path("plans/new/", plans.plan_new_page, name="fund-plan-new"),
    path("plans/<int:plan_id>/", plans.plan_page, name="fund-plan"),
    path("plans/<int:plan_id>/amend/", amendments.amend_page, name="fund-plan-amend"),
    path("contracts/", contracts.contract_list, name="contracts"),
    path("contracts/new/", contracts.sign_page, name="contract-sign"),
    path("contracts/<int:contract_id>/", contracts.contract_page, name="contract"),
    path("contracts/<int:contract_id>/end/", contracts.end_page, name="contract-end"),
    path("contracts/<int:contract_id>/claim/", contracts.claim_new_page, name="claim-new"),
    path("claims/", claims.claim_list, name="claims"),
    path("claims/<int:claim_id>/", claims.claim_page, name="claim"),
    path("claims/<int:claim_id>/return/", claims.return_page, name="claim-return"),
    path("claims/<int:claim_id>/pay/", payments.pay_page, name="claim-pay"),
    path("papers/<int:paper_id>/", claims.paper_page, name="claim-paper"),
    path("payments/", payments.desk_page, name="payments"),
    path("payments/<int:payment_id>/", payments.payment_page, name="payment"),
    path("months/", months.months_page, name="fund-months"),
    path("months/<int:seal_id>/", months.month_page, name="fund-month"),
]
