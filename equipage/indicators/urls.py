"""Addresses of the indicators."""

from django.urls import path

from equipage.indicators import views

app_name = "indicators"

urlpatterns = [
    path("", views.region, name="region"),
    path("nationaux/", views.national_page, name="national"),
    path("nationaux/<int:year>-<int:number>.<str:kind>", views.national_file, name="national_file"),
]
