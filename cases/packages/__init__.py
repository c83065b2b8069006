"""What is handed to a person: gathered, prepared and released by people, fetched by the same person with BankID.

``service.Packages`` is what staff do, ``fetching.Fetching`` what the chat edge asks for. See docs/packages-and-
letters.md.
"""
