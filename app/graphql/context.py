"""What a request carries: who asks, the catalog, the moment, and loaders of its own."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.compile import Scope
from app.filters.catalog import Catalog
from app.filters.clock import Clock
from app.graphql.faults import RequestError
from app.graphql.loaders import Loaders
from app.identity.porter import Porter
from app.queries.catalogs import catalog_at, current_catalog
from app.queries.tokens import Bearer
from app.settings import USUAL_BROAD_SHARE


@dataclass(slots=True)
class Context:
    """Made anew for each request. `now` is the request's moment: all its answers are as of one clock.

    With `private_webhooks` webhooks may lead to private addresses. More than `broad_share` of all contacts are too
    many for one filter.
    """

    bearer: Bearer
    catalog: Catalog
    private_webhooks: bool = False
    broad_share: float = USUAL_BROAD_SHARE
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        self.loaders = Loaders(self.catalog, self.scope())

    @property
    def workspace_id(self) -> int:
        """The workspace that the token opens."""
        return self.catalog.workspace_id

    def scope(self, at: datetime | None = None) -> Scope:
        """What filters are asked within, as of a moment."""
        return Scope(self.catalog.workspace_id, Clock(at or self.now, self.catalog.zone))

    async def reload(self) -> None:
        """See the catalog as it is after a change that this request made."""
        self.catalog = await current_catalog(self.workspace_id)
        self.loaders = Loaders(self.catalog, self.scope())

    def require(self, scope: str) -> None:
        """Raises FORBIDDEN where the token lacks a scope."""
        if not self.bearer.may(scope):
            raise RequestError("FORBIDDEN", f'this token lacks the scope "{scope}"')


async def authenticate(
    authorization: str | None,
    porter: Porter = Porter(),  # noqa: B008
    *,
    private_webhooks: bool = False,
    broad_share: float = USUAL_BROAD_SHARE,
) -> Context:
    """The context for an Authorization header; raises UNAUTHENTICATED, and FORBIDDEN where it opens nothing here."""
    bearer = await porter.bearer(authorization)
    return Context(
        bearer, await catalog_at(bearer.workspace_id, bearer.catalog_version), private_webhooks, broad_share
    )
