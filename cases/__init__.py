"""The case system: requests as cases with a deadline, a history and an outcome set by a person.

``cases.app.create_app(config)`` is the HTTP service, ``cases.jobs.build_app(config)`` the worker,
``cases.service.CaseService`` what both and the console call.
"""
