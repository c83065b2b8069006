"""The console's pages, one router a subject."""
