from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "bangfu.books.notices"
    label = "notices"
