"""The framework: views instantiated per tenant, guards as data, one error type for pages and API.

It knows Flask and knows nothing of exams. Its whole public surface is told on one page of `platform/README.md`.
"""
