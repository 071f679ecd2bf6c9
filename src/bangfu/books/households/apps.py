from django.apps import AppConfig


class HouseholdsConfig(AppConfig):
    name = "bangfu.books.households"
    label = "households"
