"""Addresses of portfolios and badges, for students."""

from django.urls import path

from stageapp.integrations.portfolio import views

app_name = "portfolio"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("new/", views.new, name="new"),
    path("<uuid:pk>/", views.portfolio, name="portfolio"),
    path("<uuid:pk>/file/", views.file, name="file"),
    path("<uuid:pk>/delete/", views.delete, name="delete"),
    path("badges/new/", views.badge_new, name="badge_new"),
    path("badges/<uuid:pk>/", views.badge, name="badge"),
    path("badges/<uuid:pk>/delete/", views.badge_delete, name="badge_delete"),
    path("badges/<uuid:pk>/<slug:kind>/", views.badge_as, name="badge_file"),
]
