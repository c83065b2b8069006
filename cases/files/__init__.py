"""The files of a case: taken in as a stream, checked by content, sealed piece by piece, never shown in a browser.

``cases.files.service.CaseFiles`` is the interface. The database holds the content, so that it shares the case's
transactions, backups and erasure (docs/adr/0055).
"""
