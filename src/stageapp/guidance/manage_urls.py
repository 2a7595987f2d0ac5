"""Addresses of linking students to teachers, for administrators.

They stand here since ending a link closes questions and calls off talks.
"""

from django.urls import path

from stageapp.guidance import views_linking
from stageapp.placements import views_manage

app_name = "manage_links"
urlpatterns = [
    path("", views_manage.overview, name="list"),
    path("cohorts/<int:pk>/", views_manage.cohort, name="cohort"),
    path("placements/<int:pk>/", views_linking.placement, name="placement"),
    path("end/<int:pk>/", views_linking.end, name="end"),
    path("replace/<int:pk>/", views_linking.replace, name="replace"),
    path("teachers/<int:pk>/", views_linking.teacher, name="teacher"),
    path("files/", views_linking.files, name="files"),
    path("files/<int:pk>/", views_linking.file, name="file"),
    path("files/<int:pk>/undo/", views_linking.undo, name="undo"),
]
