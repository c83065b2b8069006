"""The chat edge: the only process that faces the internet.

A visitor's message is stored, then given to whoever holds the conversation: the bot (Rasa) or a person. Everything that
changes is in PostgreSQL; the stream that the browser reads is made from it, so that a reload, a second tab or another
replica sees the same conversation. ``bot.app.create_app`` puts the parts together.
"""
