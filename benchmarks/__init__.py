"""Figures for docs/measurements.md: ``make bench``."""
