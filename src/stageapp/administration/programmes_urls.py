"""Addresses of a programme as a file, for administrators."""

from django.urls import path

from stageapp.administration import views_files

app_name = "manage_files"
urlpatterns = [
    path("import/", views_files.bring_in, name="import"),
    path("<int:pk>/file/", views_files.programme, name="programme"),
    path("cohorts/<int:pk>/file/", views_files.cohort, name="cohort"),
]
