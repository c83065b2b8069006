"""A BankID that runs on this machine: RP API v6.0 over HTTP, a page on which a person plays the phone, a control API.

Separate program, separate process; the relying party reaches it as it reaches BankID and cannot tell the difference,
except by the root under which it signs. ``identity.production`` refuses both its address and its root.
"""
