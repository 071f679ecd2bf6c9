from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "bangfu.books.places"
    label = "places"
