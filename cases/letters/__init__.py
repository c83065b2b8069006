"""The letters of a case: filled from its facts, edited by a person, checked, sent, kept sealed as sent.

What a letter must say stands in ``privacy.letters`` and ``privacy.letter_check``; how it says it in ``data/letters``.
"""
