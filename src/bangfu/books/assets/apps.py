from django.apps import AppConfig


class AssetsConfig(AppConfig):
    name = "bangfu.books.assets"
    label = "assets"
