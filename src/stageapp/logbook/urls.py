"""Addresses of the logbook and the saved items."""

from django.urls import path

from stageapp.logbook import (
    views,
    views_evidence,
    views_goals,
    views_lists,
    views_reflections,
)

app_name = "logbook"
urlpatterns = [
    path("activities/", views.activities, name="activities"),
    path("activities/new/", views.new, name="new"),
    path("activities/<int:pk>/", views.activity, name="activity"),
    path("activities/<int:pk>/edit/", views.edit, name="edit"),
    path("activities/<int:pk>/delete/", views.delete, name="delete"),
    path("activities/<int:pk>/restore/", views.restore, name="restore"),
    path("activities/<int:pk>/save/", views.save, name="save"),
    path("activities/<int:pk>/repeat/", views.repeat, name="repeat"),
    path("activities/<int:pk>/feedback/", views_reflections.feedback, name="feedback"),
    path("activities/<int:pk>/evidence/", views_evidence.add, name="evidence_add"),
    path("activities/<int:pk>/template/", views_lists.template_new, name="template_new"),
    path("templates/<int:pk>/delete/", views_lists.template_delete, name="template_delete"),
    path("evidence/", views_evidence.overview, name="evidence"),
    path("evidence/upload/", views_evidence.upload, name="evidence_upload"),
    path("evidence/<int:pk>/", views_evidence.change, name="evidence_item"),
    path("evidence/<int:pk>/file/", views_evidence.file, name="evidence_file"),
    path("evidence/<int:pk>/thumbnail/", views_evidence.thumbnail, name="evidence_thumbnail"),
    path("evidence/<int:pk>/delete/", views_evidence.delete, name="evidence_delete"),
    path("evidence/<int:pk>/restore/", views_evidence.restore, name="evidence_restore"),
    path("reflections/", views_reflections.overview, name="reflections"),
    path("reflections/new/", views_reflections.new, name="reflection_new"),
    path("reflections/<int:pk>/", views_reflections.reflection, name="reflection"),
    path("reflections/<int:pk>/edit/", views_reflections.edit, name="reflection_edit"),
    path("reflections/<int:pk>/delete/", views_reflections.delete, name="reflection_delete"),
    path("reflections/<int:pk>/restore/", views_reflections.restore, name="reflection_restore"),
    path("goals/", views_goals.overview, name="goals"),
    path("goals/new/", views_goals.new, name="goal_new"),
    path("goals/<int:pk>/", views_goals.goal, name="goal"),
    path("goals/<int:pk>/edit/", views_goals.edit, name="goal_edit"),
    path("goals/<int:pk>/delete/", views_goals.delete, name="goal_delete"),
    path("goals/<int:pk>/restore/", views_goals.restore, name="goal_restore"),
    path("chains/", views_lists.chains, name="chains"),
    path("chains/<int:pk>/", views_lists.chain, name="chain"),
    path("chains/<int:pk>/state/", views_lists.chain_state, name="chain_state"),
    path("chains/<int:pk>/delete/", views_lists.chain_delete, name="chain_delete"),
    path("lists/", views_lists.lists, name="lists"),
    path("lists/<int:pk>/<slug:verb>/", views_lists.entry, name="entry"),
    path("saved/", views.saved, name="saved"),
    path("saved/<int:pk>/note/", views.write_note, name="note"),
]
