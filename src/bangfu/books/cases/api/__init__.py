"""Cases in the API."""

from bangfu.books.cases.api.endpoints import router

__all__ = ["router"]
