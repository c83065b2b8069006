"""The edge's HTTP API: ``public`` for browsers, ``internal`` for our own services, ``site`` for pages and files."""
