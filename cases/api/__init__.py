"""The HTTP API under ``/api/v1``: shapes, routes, and what our errors are called there."""
