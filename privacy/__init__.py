"""The rules: what a person may ask for, who they must be, when the answer is due, where a case can go.

Standard library and ``holidays`` only; no I/O, no clock, no settings: ``now`` and randomness are passed in.
Every rule names its source (article, section, specification) where it stands.
"""
