"""Addresses of the territory, below /territoire/."""

from django.urls import path

from equipage.territory import views

app_name = "territory"

urlpatterns = [
    path("communes/", views.communes, name="communes"),
]
