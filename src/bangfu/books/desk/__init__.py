"""The desk (工作台): pages that compose several apps: home, place, household."""
