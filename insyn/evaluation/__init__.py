"""How well questions are understood that nobody here has seen: ``insyn evaluate``."""
