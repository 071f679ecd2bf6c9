from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "bangfu.books.accounts"
    label = "accounts"
