"""Addresses of the teacher's pages."""

from django.urls import path

from stageapp.guidance import views_along, views_week
from stageapp.guidance import views_students as views

app_name = "students"
urlpatterns = [
    path("", views.students, name="list"),
    path("<int:pk>/", views.student, name="student"),
    path("along/", views_along.along, name="along"),
    path("along/<int:pk>/end/", views_along.end_along, name="along_end"),
    path("replacing/", views_along.replacing, name="replacing"),
    path("replacing/<int:pk>/end/", views_along.end_replacing, name="replacing_end"),
    path("week/", views_week.week, name="week"),
    path("week/moments/new/", views_week.moment_new, name="moment_new"),
    path("week/moments/<int:pk>/", views_week.moment, name="moment"),
    path("week/moments/<int:pk>/delete/", views_week.moment_delete, name="moment_delete"),
    path("week/terms/", views_week.to_terms, name="moments_to_terms"),
]
