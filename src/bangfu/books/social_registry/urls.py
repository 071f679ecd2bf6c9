"""Addresses of the social registry, as the specification names them."""

from __future__ import annotations

from django.urls import path

from bangfu.books.social_registry import api

urlpatterns = [
    path("registry/search", api.async_search, name="sr-search"),
    path("registry/sync/search", api.sync_search, name="sr-sync-search"),
    path("registry/subscribe", api.subscribe, name="sr-subscribe"),
    path("registry/unsubscribe", api.unsubscribe, name="sr-unsubscribe"),
    path("registry/txn/status", api.async_status, name="sr-status"),
    path("registry/sync/txn/status", api.sync_status, name="sr-sync-status"),
]
