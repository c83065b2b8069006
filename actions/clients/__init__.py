"""Typed clients of the services that the actions use."""
