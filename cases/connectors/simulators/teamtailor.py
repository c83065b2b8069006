"""A stand-in for Teamtailor's API (JSON:API), as far as the connector uses it."""

from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from cases.connectors.simulators.program import ApiProblemError, given, program
from cases.connectors.simulators.script import Script

TOKEN = "simulated-teamtailor-token"  # noqa: S105 - of the simulator
MEDIA_TYPE = "application/vnd.api+json"
RELATED = ("activities", "job-applications", "uploads", "user")


@dataclass
class TeamtailorState:
    """Candidates by id."""

    token: str = TOKEN
    candidates: dict[str, dict[str, Any]] = field(default_factory=dict)
    related: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    """By candidate and relationship."""

    script: Script = field(default_factory=Script)
    page_at_most: int = 30
    links_to: str | None = None
    """Another base address for links, to show that a client does not follow them anywhere."""

    _next_id: int = 1

    def add(self, address: str, **attributes: str) -> str:
        """Add a candidate and return its id."""
        candidate_id = str(self._next_id)
        self._next_id += 1
        self.candidates[candidate_id] = {"email": address} | attributes
        return candidate_id


def create_teamtailor(state: TeamtailorState) -> Starlette:
    """Return the application; its paths begin with ``/v1``."""

    def check(request: Request) -> None:
        if request.headers.get("authorization") != f"Token token={state.token}":
            raise ApiProblemError(401, problem(401, "Access denied"))
        version = request.headers.get("x-api-version", "")
        if not (version.isdigit() and len(version) == 8):
            raise ApiProblemError(406, problem(406, "Invalid X-Api-Version"))

    def address_of(request: Request, path: str) -> str:
        here = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"
        return f"{state.links_to or here}{path}"

    def shown(request: Request, candidate_id: str) -> dict[str, Any]:
        relationships = {
            name: {"links": {"related": address_of(request, f"/v1/candidates/{candidate_id}/{name}")}}
            for name in RELATED
        }
        return {
            "id": candidate_id,
            "type": "candidates",
            "attributes": state.candidates[candidate_id],
            "relationships": relationships,
        }

    def page(request: Request, entries: list[Any]) -> Response:
        size = min(int(request.query_params.get("page[size]", 10)), state.page_at_most)
        if size < 1:
            raise ApiProblemError(400, problem(400, "Invalid page size"))
        number = int(request.query_params.get("page[number]", 1))
        links: dict[str, str] = {}
        if number * size < len(entries):
            following = request.url.include_query_params(**{"page[number]": number + 1, "page[size]": size})
            links["next"] = str(following) if state.links_to is None else f"{state.links_to}/v1/candidates"
        return given({"data": entries[(number - 1) * size : number * size], "links": links})

    async def candidates(request: Request) -> Response:
        wanted = request.query_params.get("filter[email]")
        found = [
            shown(request, candidate_id)
            for candidate_id, attributes in state.candidates.items()
            if wanted is None or attributes["email"].lower() == wanted.lower()
        ]
        return page(request, found)

    def existing(request: Request) -> str:
        candidate_id = str(request.path_params["id"])
        if candidate_id not in state.candidates:
            raise ApiProblemError(404, problem(404, "Record not found"))
        return candidate_id

    async def related(request: Request) -> Response:
        return page(request, state.related.get((existing(request), request.path_params["name"]), []))

    async def delete(request: Request) -> Response:
        del state.candidates[existing(request)]
        return Response(status_code=204)

    return program(
        [
            ("GET", "/v1/candidates", candidates),
            ("DELETE", "/v1/candidates/{id}", delete),
            ("GET", "/v1/candidates/{id}/{name}", related),
        ],
        script=state.script,
        check=check,
        problem=problem,
        media_type=MEDIA_TYPE,
    )


def problem(status: int, title: str) -> dict[str, Any]:
    """Return an error as JSON:API writes it."""
    return {"errors": [{"title": title, "detail": title, "code": str(status), "status": str(status)}]}
