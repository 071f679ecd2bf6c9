from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "bangfu.books.indicators"
    label = "indicators"
