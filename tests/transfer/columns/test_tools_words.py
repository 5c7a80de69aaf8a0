"""What each tool's words for a contact's status are read as."""

import pytest

from app.filters.problems import InvalidValue
from app.filters.vocabulary import Status
from app.transfer.columns.plan import Column
from app.transfer.columns.presets import PRESETS, preset_for
from app.transfer.columns.statuses import YES, read_status, word_of
from app.transfer.columns.words import plain

WORDS = [
    ("mailchimp", "Status", "subscribed", "ACTIVE"),
    ("mailchimp", "Status", "pending", "PENDING"),
    ("mailchimp", "Status", "non-subscribed", "PENDING"),
    ("mailchimp", "Status", "nonsubscribed", "PENDING"),
    ("mailchimp", "Status", "transactional", "PENDING"),
    ("mailchimp", "Status", "unsubscribed", "UNSUBSCRIBED"),
    ("mailchimp", "Status", "archived", "PENDING"),
    ("mailchimp", "Status", "cleaned", "HARD_BOUNCE"),
    ("klaviyo", "Email Marketing Consent", "SUBSCRIBED", "ACTIVE"),
    ("klaviyo", "Email Marketing Consent", "NEVER_SUBSCRIBED", "PENDING"),
    ("klaviyo", "Email Marketing Consent", "NOT_SUBSCRIBED", "PENDING"),
    ("klaviyo", "Email Marketing Consent", "NO_CONSENT", "PENDING"),
    ("klaviyo", "Email Marketing Consent", "PENDING", "PENDING"),
    ("klaviyo", "Email Marketing Consent", "UNSUBSCRIBED", "UNSUBSCRIBED"),
    ("klaviyo", "Email Suppressions", "UNSUBSCRIBED", "UNSUBSCRIBED"),
    ("klaviyo", "Email Suppressions", "USER_SUPPRESSED", "UNSUBSCRIBED"),
    ("klaviyo", "Email Suppressions", "SPAM_COMPLAINT", "UNSUBSCRIBED"),
    ("klaviyo", "Email Suppressions", "2024-01-31", "UNSUBSCRIBED"),
    ("klaviyo", "Email Suppressions", "HARD_BOUNCE", "HARD_BOUNCE"),
    ("klaviyo", "Email Suppressions", "HARD_BOUNCED", "HARD_BOUNCE"),
    ("klaviyo", "Email Suppressions", "INVALID_EMAIL", "HARD_BOUNCE"),
    ("klaviyo", "Email Suppressions", "HARD_BOUNCE,UNSUBSCRIBED", "UNSUBSCRIBED"),
    ("klaviyo", "Email Suppressions", "[]", None),
    ("klaviyo", "Email Suppressions", "False", None),
    ("hubspot", "Marketing contact status", "Marketing contact", None),
    ("hubspot", "Marketing contact status", "Non-marketing contact", "PENDING"),
    ("hubspot", "Marketing contact status", "Not a marketing contact", "PENDING"),
    ("hubspot", "Marketing contact status", "true", None),
    ("hubspot", "Marketing contact status", "yes", None),
    ("hubspot", "Marketing contact status", "false", "PENDING"),
    ("hubspot", "Marketing contact status", "no", "PENDING"),
    ("hubspot", "Marketing email confirmation status", "confirmed", None),
    ("hubspot", "Marketing email confirmation status", "Double opt-in confirmed", None),
    ("hubspot", "Marketing email confirmation status", "double_opt_in_pending", "PENDING"),
    ("hubspot", "Unsubscribed from all email", "Yes", "UNSUBSCRIBED"),
    ("hubspot", "Unsubscribed from all email", "true", "UNSUBSCRIBED"),
    ("hubspot", "Unsubscribed from all email", "1", "UNSUBSCRIBED"),
    ("hubspot", "Unsubscribed from all email", "No", None),
    ("hubspot", "Unsubscribed from all email", "false", None),
    ("hubspot", "hs_email_optout_6871816", "true", "UNSUBSCRIBED"),
    ("hubspot", "Portal Unsubscribe", "TRUE", "UNSUBSCRIBED"),
    ("hubspot", "Portal Spam Report", "TRUE", "UNSUBSCRIBED"),
    ("hubspot", "Portal Bounce", "TRUE", "HARD_BOUNCE"),
    ("hubspot", "Global Bounce", "FALSE", None),
    ("hubspot", "Email hard bounce reason", "MAILBOX_FULL", "HARD_BOUNCE"),
    ("hubspot", "Invalid email address", "true", "HARD_BOUNCE"),
    ("activecampaign", "Status", "Active", "ACTIVE"),
    ("activecampaign", "Status", "1", "ACTIVE"),
    ("activecampaign", "Status", "Unconfirmed", "PENDING"),
    ("activecampaign", "Status", "0", "PENDING"),
    ("activecampaign", "Status", "Inactive", "PENDING"),
    ("activecampaign", "Status", "Unsubscribed", "UNSUBSCRIBED"),
    ("activecampaign", "Status", "2", "UNSUBSCRIBED"),
    ("activecampaign", "Status", "Bounced", "HARD_BOUNCE"),
    ("activecampaign", "Status", "Hard bounced", "HARD_BOUNCE"),
    ("activecampaign", "Status", "3", "HARD_BOUNCE"),
    ("listmonk", "status", "enabled", None),
    ("listmonk", "status", "disabled", "PENDING"),
    ("listmonk", "status", "blocklisted", "UNSUBSCRIBED"),
    ("listmonk", "status", "blacklisted", "UNSUBSCRIBED"),
    ("listmonk", "subscription_status", "confirmed", "ACTIVE"),
    ("listmonk", "subscription_status", "unconfirmed", "PENDING"),
    ("listmonk", "subscription_status", "unsubscribed", "UNSUBSCRIBED"),
    ("listmonk", "subscription_status", "confirmed,unsubscribed", "UNSUBSCRIBED"),
    ("brevo", "EMAIL_BLACKLIST", "Yes", "UNSUBSCRIBED"),
    ("brevo", "Blocklisted", "1", "UNSUBSCRIBED"),
    ("brevo", "Blocklisted", "no", None),
    ("brevo", "EMAIL_BLACKLISTED", "0", None),
    ("brevo", "email_marketing", "subscribed", "ACTIVE"),
    ("brevo", "email_marketing", "never subscribed", "PENDING"),
    ("brevo", "email_marketing", "not subscribed", "PENDING"),
    ("brevo", "email_marketing", "unsubscribed", "UNSUBSCRIBED"),
    ("brevo", "email_marketing", "blocklisted", "UNSUBSCRIBED"),
    ("brevo", "email_marketing", "blacklisted", "UNSUBSCRIBED"),
    ("brevo", "DOUBLE_OPT-IN", "1", "ACTIVE"),
    ("brevo", "DOUBLE_OPT-IN", "Yes", "ACTIVE"),
    ("brevo", "DOUBLE_OPT-IN", "2", "PENDING"),
    ("brevo", "DOUBLE_OPT-IN", "No", "PENDING"),
    ("mtarget", "Status", "Active", "ACTIVE"),
    ("mtarget", "Status", "Aktif", "ACTIVE"),
    ("mtarget", "Status", "Pending", "PENDING"),
    ("mtarget", "Status", "Tertunda", "PENDING"),
    ("mtarget", "Status", "Menunggu", "PENDING"),
    ("mtarget", "Status", "Menunggu konfirmasi", "PENDING"),
    ("mtarget", "Status", "Belum dikonfirmasi", "PENDING"),
    ("mtarget", "Status", "Unsubscribed", "UNSUBSCRIBED"),
    ("mtarget", "Status", "Berhenti berlangganan", "UNSUBSCRIBED"),
    ("mtarget", "Status", "Tidak berlangganan", "UNSUBSCRIBED"),
    ("mtarget", "Status", "Hard Bounce", "HARD_BOUNCE"),
    ("mtarget", "Status", "HARDBOUNCE", "HARD_BOUNCE"),
    ("mtarget", "Status", "Hard Bounced", "HARD_BOUNCE"),
]


def column_of(tool: str, header: str) -> Column:
    """What a tool's preset knows of a header."""
    preset = preset_for((), tool)
    assert preset is not None
    column = preset.column(plain(header))
    assert column is not None
    return column


@pytest.mark.parametrize(("tool", "header", "word", "status"), WORDS)
def test_a_tools_word_is_read_as_its_status(tool: str, header: str, word: str, status: str | None) -> None:
    assert read_status(word, column_of(tool, header).words) is (Status(status) if status else None)


def test_every_word_that_makes_active_is_in_the_table() -> None:
    known = {(tool, word_of(word)) for tool, _, word, status in WORDS if status == "ACTIVE"}
    for preset in PRESETS:
        for column in preset.columns.values():
            active = {(preset.tool, word) for word, status in column.words if status == "ACTIVE"}
            assert active <= known | {("brevo", word) for word in YES}


@pytest.mark.parametrize("word", ["confirmed", "yes", "enabled", "customer", "SUBSCRIBED!?no"])
@pytest.mark.parametrize("tool", ["mailchimp", "activecampaign", "mtarget"])
def test_a_word_that_a_tool_has_not_is_refused(tool: str, word: str) -> None:
    with pytest.raises(InvalidValue, match="is no status; say in the mapping"):
        read_status(word, column_of(tool, "status").words)
