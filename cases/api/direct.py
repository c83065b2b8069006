"""A route for an operation that must be fast: its usual request goes straight to its function.

FastAPI finds out anew at each request what a function wants, and that takes longer than to give it (docs/adr/0067). A
route of this class gives its function what nearly every caller sends, JSON that fits; whatever else comes is FastAPI's,
so that there is one way to document an operation and one to refuse a request.
"""

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, Protocol

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Gate(Protocol):
    """Lets a caller in, or raises."""

    async def __call__(self, request: Request) -> None: ...


class DirectRoute(APIRoute):
    """Calls ``endpoint(body=…, request=…, **path)`` itself, past the application's :attr:`gate`.

    The endpoint takes a pydantic model as ``body``, the request, and parameters of the path that are plain text; it
    returns a response.
    """

    JSON: ClassVar = "application/json"

    def get_route_handler(self) -> Handler:
        """Return what answers a request."""
        usual = super().get_route_handler()
        endpoint, model = self.endpoint, self.endpoint.__annotations__["body"]
        if not issubclass(model, BaseModel):
            raise TypeError(f"{endpoint.__name__}: body is no model")

        async def direct(request: Request) -> Response:
            if request.headers.get("content-type") != self.JSON:
                return await usual(request)
            gate: Gate = request.app.state.gate
            await gate(request)
            try:
                body = model.model_validate_json(await request.body())
            except ValidationError:
                return await usual(request)  # which says what is wrong, in the words of every other operation
            answer: Response = await endpoint(body=body, request=request, **request.path_params)
            return answer

        return direct
