"""Composition: typed settings, the command line, and the stack that starts everything."""
