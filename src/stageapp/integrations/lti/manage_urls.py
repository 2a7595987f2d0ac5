"""Addresses of registering learning environments, for functional administrators."""

from django.urls import path

from stageapp.integrations.lti import views_manage

app_name = "manage_lti"
urlpatterns = [
    path("", views_manage.overview, name="list"),
    path("new/", views_manage.new, name="new"),
    path("link/", views_manage.link, name="link"),
    path("keys/", views_manage.keys, name="keys"),
    path("courses/<int:pk>/", views_manage.course, name="course"),
    path("courses/<int:pk>/list/", views_manage.course_list, name="course_list"),
    path("<int:pk>/", views_manage.platform, name="platform"),
    path("<int:pk>/switch/", views_manage.switch, name="switch"),
    path("<int:pk>/remove/", views_manage.remove, name="remove"),
]
