"""The addresses of identity."""

from __future__ import annotations

from examhall.identity import api
from examhall.web.routes import Route

ROUTES = [
    Route("/api/v1/auth/login", "api_login", api.Login),
    Route("/api/v1/auth/refresh", "api_refresh", api.Refresh),
    Route("/api/v1/auth/logout", "api_logout", api.Logout),
    Route("/api/v1/auth/password", "api_password", api.Password),
    Route("/api/v1/me", "api_me", api.Me),
    Route("/api/v1/users", "api_users", api.Users),
    Route("/api/v1/users/<uuid:id>", "api_user", api.UserItem),
]
