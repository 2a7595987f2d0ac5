"""Addresses about people, for administrators."""

from django.urls import path

from stageapp.administration import views, views_merge, views_sheet

app_name = "manage_people"
urlpatterns = [
    path("", views.people, name="list"),
    path("invite/", views.invite, name="invite"),
    path("sheet/", views_sheet.sheet, name="sheet"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/give/", views.give, name="give"),
    path("<int:pk>/take/", views.take, name="take"),
    path("<int:pk>/teacher/", views.teacher, name="teacher"),
    path("<int:pk>/institution/", views.institution, name="institution"),
    path("<int:pk>/switch/", views.switch, name="switch"),
    path("<int:pk>/again/", views.invite_again, name="again"),
    path("<int:pk>/merge/", views_merge.doubles, name="merge"),
    path("<int:pk>/merge/<int:double>/", views_merge.merge_with, name="merge_with"),
]
