"""What every service stands on and none is about: database, encryption, notifications, problem details, logs.

Imports nothing of ours. See docs/adr/0003.
"""
