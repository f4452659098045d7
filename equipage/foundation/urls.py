from django.urls import path

from equipage.foundation.jobs import views as jobs

app_name = "foundation"
urlpatterns = [
    path("travaux/", jobs.failed_jobs, name="failed_jobs"),
    path("travaux/<uuid:job_id>/relancer/", jobs.try_again, name="try_again"),
]
