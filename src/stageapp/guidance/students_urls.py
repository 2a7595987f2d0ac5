"""Addresses of the teacher's pages."""

from django.urls import path

from stageapp.guidance import views_students as views

app_name = "students"
urlpatterns = [
    path("", views.students, name="list"),
    path("<int:pk>/", views.student, name="student"),
]
