from django.apps import AppConfig


class TracingConfig(AppConfig):
    name = "bangfu.books.tracing"
    label = "tracing"
