"""What Rasa loads of ours: the edge's channel, the tracker store, the call of the action server, quiet logs.

This runs inside Rasa's process; ``composition`` is the one place here that reads the environment (docs/adr/0033).
"""
