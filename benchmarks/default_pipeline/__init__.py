"""Insyn beside Rasa's default pipeline, on the same examples and questions: ADR 73."""
