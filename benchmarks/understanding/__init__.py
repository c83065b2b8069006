"""Experiments on how questions are understood: what each part of the model is worth, on voices it has not heard."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as Rasa is served; threads that wait count as processor time
