from django.urls import path

from equipage.web import application, views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("espace/", views.place, name="place"),
    path("galerie/", views.gallery, name="gallery"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("mentions-legales/", views.legal, name="legal"),
    path("sante/", views.health, name="health"),
    path("manifest.webmanifest", application.manifest, name="manifest"),
    path("sw.js", application.service_worker, name="service_worker"),
]
