"""How the assistant understands a message: normalisation, views of the text, linear models, a verdict.

The modules below are plain functions and classes over text and numpy; ``classifier.py`` is the thin Rasa component that
carries them. ``docs/understanding.md`` has the figures by which each part earns its place.
"""
