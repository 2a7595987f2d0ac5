"""Addresses that are mailed: of who was invited, and of who has two accounts."""

from django.urls import path

from stageapp.administration import views_merge, views_welcome

urlpatterns = [
    path("welcome/<str:token>/", views_welcome.welcome, name="welcome"),
    path("merge/<str:token>/", views_merge.confirm, name="merge"),
]
