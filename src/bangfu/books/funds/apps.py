from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "bangfu.books.funds"
    label = "funds"
