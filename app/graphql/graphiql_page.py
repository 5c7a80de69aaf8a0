"""GraphiQL at /graphql, from files bundled at install time and under a strict content policy."""

from html import escape
from pathlib import Path
from typing import Final

from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

BUILT: Final = Path(__file__).parent / "graphiql"
BUILD_COMMAND: Final = "uv run python hatch_build.py"

# Monaco writes style sheets while it runs, and GraphiQL's carries its fonts and small pictures inside.
POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "img-src 'self' data:",
        "worker-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
GUARDS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
PAGE_HEADERS: Final = GUARDS | {"Cache-Control": "no-cache", "Vary": "Accept"}
ASSET_HEADERS: Final = GUARDS | {"Cache-Control": "public, max-age=31536000, immutable"}
# Named here because Windows may answer otherwise from its registry, and browsers then refuse the script.
MEDIA_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".ttf": "font/ttf"}

NOT_BUILT: Final = f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Pilah: GraphiQL is not built yet</title></head>
<body style="font: 1.1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>GraphiQL is not built yet</h1>
<p>The API itself is up: it answers queries that are sent to this address with POST.
Only this page for trying them out is missing: it is put together with npm when Pilah is installed, and that
did not work, most often for want of an internet connection or of Node.js.</p>
<p>To build it, run this in Pilah's source folder while online, then reload this page:</p>
<pre>{escape(BUILD_COMMAND)}</pre>
</body>
</html>
"""


def graphiql_page(folder: Path = BUILT) -> ASGIApp:
    """The page for GET with `Accept: text/html`; while the bundle is missing, how to build it (503)."""

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        response = refusal(scope) or page_in(folder)
        await response(scope, receive, send)

    return page


def graphiql_assets(folder: Path = BUILT) -> ASGIApp:
    """The page's files by the last part of the path; 404 for whatever isn't one of them."""

    async def assets(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # a mount takes those too
            await WebSocketClose()(scope, receive, send)
            return
        response = refusal(scope) or asset_in(folder / "assets", scope["path"])
        await response(scope, receive, send)

    return assets


def refusal(scope: Scope) -> Response | None:
    if scope["method"] in {"GET", "HEAD"}:
        return None
    return PlainTextResponse("Only GET is allowed here.", 405, GUARDS | {"Allow": "GET, HEAD"})


def page_in(folder: Path) -> Response:
    try:
        return HTMLResponse((folder / "index.html").read_bytes(), headers=PAGE_HEADERS)
    except OSError:
        return HTMLResponse(NOT_BUILT, 503, PAGE_HEADERS)


def asset_in(folder: Path, path: str) -> Response:
    name = path.rpartition("/")[2]
    # Only a name out of the listing is ever opened, so no path leads outside the folder.
    asset = next((entry for entry in listing(folder) if entry.name == name), None)
    if asset is None:
        return PlainTextResponse("There is no such file.", 404, GUARDS)
    return FileResponse(asset, headers=ASSET_HEADERS, media_type=MEDIA_TYPES.get(asset.suffix))


def listing(folder: Path) -> list[Path]:
    return [entry for entry in folder.iterdir() if entry.is_file()] if folder.is_dir() else []


page: Final = graphiql_page()
assets: Final = graphiql_assets()
