"""The addresses of identity."""

from __future__ import annotations

from examhall.identity import api, group_api, group_pages, people, views
from examhall.web.routes import Route

ROUTES = [
    Route("/sign-in", "sign_in", views.SignIn),
    Route("/sign-out", "sign_out", views.SignOut),
    Route("/language", "set_locale", views.SetLocale),
    Route("/account", "account", views.Account),
    Route("/account/password", "password", views.Password),
    Route("/manage/users", "user_list", people.UserList),
    Route("/manage/users/new", "user_new", people.UserNew),
    Route("/manage/users/<uuid:id>", "user_edit", people.UserEdit),
    Route("/manage/users/<uuid:id>/access", "user_access", people.UserAccess),
    Route("/manage/users/<uuid:id>/password", "user_password", people.UserPassword),
    Route("/manage/groups", "group_list", group_pages.GroupList),
    Route("/manage/groups/new", "group_new", group_pages.GroupNew),
    Route("/manage/groups/<uuid:id>", "group_edit", group_pages.GroupEdit),
    Route("/manage/groups/<uuid:id>/people", "group_people", group_pages.GroupPeople),
    Route("/manage/groups/<uuid:id>/remove", "group_remove", group_pages.GroupRemove),
    Route("/manage/groups/<uuid:id>/delete", "group_delete", group_pages.GroupDelete),
    Route("/api/v1/auth/login", "api_login", api.Login),
    Route("/api/v1/auth/refresh", "api_refresh", api.Refresh),
    Route("/api/v1/auth/logout", "api_logout", api.Logout),
    Route("/api/v1/auth/password", "api_password", api.Password),
    Route("/api/v1/me", "api_me", api.Me),
    Route("/api/v1/users", "api_users", api.Users),
    Route("/api/v1/users/<uuid:id>", "api_user", api.UserItem),
    Route("/api/v1/groups", "api_groups", group_api.Groups),
    Route("/api/v1/groups/<uuid:id>", "api_group", group_api.GroupItem),
    Route("/api/v1/groups/<uuid:id>/members", "api_group_members", group_api.Members),
    Route("/api/v1/groups/<uuid:id>/members/<uuid:user_id>", "api_group_member", group_api.MemberItem),
]
