"""The secrets that sign messages, as Standard Webhooks writes them."""

from base64 import b64encode
from secrets import token_bytes

SECRET_BYTES = 32  # 24 to 64 are allowed
ROTATION_HOURS = 24


def new_secret() -> str:
    """A secret that nobody has had before: `whsec_` and Base64."""
    return f"whsec_{b64encode(token_bytes(SECRET_BYTES)).decode()}"
