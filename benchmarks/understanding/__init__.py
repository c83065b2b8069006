"""Experiments on how questions are understood: what each part of the model is worth, on voices it has not heard."""
