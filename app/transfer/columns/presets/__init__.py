"""The exports of other tools: how each is recognised, and what its columns are."""

from collections.abc import Iterable

from app.filters.problems import Code, Refused, did_you_mean
from app.transfer.columns.presets.activecampaign import ACTIVECAMPAIGN
from app.transfer.columns.presets.brevo import BREVO
from app.transfer.columns.presets.hubspot import HUBSPOT
from app.transfer.columns.presets.klaviyo import KLAVIYO
from app.transfer.columns.presets.listmonk import LISTMONK
from app.transfer.columns.presets.mailchimp import MAILCHIMP
from app.transfer.columns.presets.mtarget import MTARGET
from app.transfer.columns.presets.preset import Preset
from app.transfer.columns.words import plain

PRESETS = (MAILCHIMP, KLAVIYO, HUBSPOT, ACTIVECAMPAIGN, LISTMONK, BREVO, MTARGET)
NO_TOOL = "none"

# A workspace's own columns may be called anything; these stand in our own exports alone.
_OURS = frozenset({"last_sent_at", "last_opened_at", "last_clicked_at"})


def preset_for(header: Iterable[str], tool: str | None) -> Preset | None:
    """The preset of the tool, or where that is None, of the tool whose export the header is; "none" is none.

    Raises Refused where there is no such tool.
    """
    if tool is None:
        return _recognised(tuple(header))
    if tool == NO_TOOL:
        return None
    found = next((preset for preset in PRESETS if preset.tool == tool), None)
    if found is None:
        known = (*(preset.tool for preset in PRESETS), NO_TOOL)
        message = f'there is no preset "{tool[:100]}"; it is one of {", ".join(known)}{did_you_mean(tool, known)}'
        raise Refused.because(Code.UNKNOWN_OPTION, message, "tool")
    return found


def _recognised(header: tuple[str, ...]) -> Preset | None:
    if not _OURS.isdisjoint(header):
        return None
    names = {plain(name) for name in header}
    return next((preset for preset in PRESETS if any(sign <= names for sign in preset.signs)), None)
