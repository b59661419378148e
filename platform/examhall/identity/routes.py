"""The addresses of identity."""

from __future__ import annotations

from examhall.identity import api, people, views
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
    Route("/api/v1/auth/login", "api_login", api.Login),
    Route("/api/v1/auth/refresh", "api_refresh", api.Refresh),
    Route("/api/v1/auth/logout", "api_logout", api.Logout),
    Route("/api/v1/auth/password", "api_password", api.Password),
    Route("/api/v1/me", "api_me", api.Me),
    Route("/api/v1/users", "api_users", api.Users),
    Route("/api/v1/users/<uuid:id>", "api_user", api.UserItem),
]
