"""Addresses that learning environments know, and those of who comes from there."""

from django.urls import path

from stageapp.integrations.lti import views, views_first, views_frame, views_registration

app_name = "lti"
urlpatterns = [
    path("login/", views.login, name="login"),
    path("launch/", views.launch, name="launch"),
    path("jwks.json", views.jwks, name="jwks"),
    path("config.json", views.config, name="config"),
    path("welcome/", views_first.welcome, name="welcome"),
    path("connect/", views_first.connect, name="connect"),
    path("courses/<int:pk>/", views_first.course, name="course"),
    path("choose/", views_first.choose, name="choose"),
    path("connections/", views_frame.connections, name="connections"),
    path("connections/<int:pk>/end/", views_frame.disconnect, name="disconnect"),
    path("full-screen/", views_frame.full_screen, name="full_screen"),
    path("go-on/<str:token>/", views_frame.handover, name="handover"),
    path("register/<str:token>/", views_registration.register, name="register"),
]
