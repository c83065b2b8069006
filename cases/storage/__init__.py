"""Tables of schema ``cases`` and the statements on them. Nothing here decides anything."""
