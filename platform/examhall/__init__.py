"""Examhall: a multi-tenant exam platform built of pluggable views on Flask."""
