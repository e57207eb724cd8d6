"""The pages of whose number it is."""

from __future__ import annotations

from django.urls import path

from wurao.control.holders import views

urlpatterns = [
    path("mine/", views.mine, name="mine"),
    path("mine/data/", views.my_data, name="my_data"),
    path("mine/erase/code/", views.erase_code, name="erase_code"),
    path("mine/erase/", views.erase, name="erase"),
    path("handed-over/", views.handed_over, name="handed_over"),
]
