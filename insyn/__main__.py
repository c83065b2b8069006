"""``python -m insyn`` is the command line as well."""

from insyn.cli import main

main()
