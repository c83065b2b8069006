"""Custom actions: what the assistant does when Rasa has decided which step comes next.

One module a journey (``journeys/``), the parts they share beside them, typed clients of the chat edge and the case
system (``clients/``). What visitors read is in ``data/responses`` and ``texts.yml``.
"""
