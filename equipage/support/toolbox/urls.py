"""Addresses of the toolbox, below /aide/boite-a-outils/; they belong to the names of the room (`support:`)."""

from django.urls import path

from equipage.support.toolbox import views

urlpatterns = [
    path("", views.toolbox, name="toolbox"),
    path("<slug:template>.<slug:ext>", views.toolbox_file, name="toolbox_file"),
]
