"""The requests, one journey a file: what each asks for, and how it reads the answers."""
