"""The addresses of files and of the start page."""

from __future__ import annotations

from examhall.theme import views
from examhall.web.routes import Route

ROUTES = [
    Route("/", "home", views.Home),
    Route("/static/<path:filename>", "static", views.Static),
    Route("/brand.css", "brand_css", views.BrandCss),
    Route("/favicon.ico", "favicon", views.Favicon),
]
