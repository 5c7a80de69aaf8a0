"""Mutations of tokens, for admins."""

import strawberry
from strawberry.types.info import Info

from app.filters.ids import number_of
from app.filters.problems import InvalidValue, Refused
from app.filters.values import read_moment
from app.graphql.context import Context
from app.graphql.errors import InputError, paid_out
from app.graphql.scalars import DateTime
from app.graphql.types.token import Token, TokenScope, token_type
from app.queries import tokens


@strawberry.input(description="A new token.")
class CreateTokenInput:
    """A new token."""

    name: str = strawberry.field(description="What it is for, to tell it apart from others.")
    scopes: list[TokenScope] = strawberry.field(description="What it may do; reading is always among it.")
    expires_at: DateTime | None = strawberry.field(default=None, description="When it ends; never, if left out.")


@strawberry.input(description="A token, by its id.")
class TokenIdInput:
    """A token, by its id."""

    id: strawberry.ID


@strawberry.type(description="A new token, or why there is none.")
class CreateTokenPayload:
    """A new token, or why there is none."""

    token: Token | None = None
    secret: str | None = strawberry.field(
        default=None, description="The token itself, for the header `Authorization: Bearer …`. It is shown only now."
    )
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type(description="A token as it is now, or why not.")
class TokenPayload:
    """A token as it is now, or why not."""

    token: Token | None = None
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type
class TokenMutations:
    """Mutations of tokens, for admins."""

    @strawberry.mutation(description="Make a token. It is shown once.")
    @paid_out(CreateTokenPayload)
    async def create_token(self, info: Info[Context, None], input: CreateTokenInput) -> CreateTokenPayload:
        """Make a token."""
        info.context.require("admin")
        scopes = [scope.value for scope in input.scopes]
        try:
            expires_at = input.expires_at and read_moment(input.expires_at, info.context.catalog.zone)
        except InvalidValue as invalid:
            raise Refused.because(invalid.code, invalid.message, "input.expiresAt") from None
        made = await tokens.new_token(info.context.workspace_id, input.name, scopes, expires_at or None)
        return CreateTokenPayload(token=token_type(made.row), secret=made.text)

    @strawberry.mutation(description="Have a token open nothing from now on, also where it is in use just now.")
    @paid_out(TokenPayload)
    async def revoke_token(self, info: Info[Context, None], input: TokenIdInput) -> TokenPayload:
        """Have a token open nothing from now on."""
        info.context.require("admin")
        number = number_of(input.id, "Token")
        await tokens.revoke_token(info.context.workspace_id, number)
        return TokenPayload(token=token_type(await tokens.find_token(info.context.workspace_id, number)))
