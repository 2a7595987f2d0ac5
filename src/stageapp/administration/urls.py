"""The address of who was invited."""

from django.urls import path

from stageapp.administration import views_welcome

urlpatterns = [path("welcome/<str:token>/", views_welcome.welcome, name="welcome")]
