"""Every page of the desk, one module each."""

from importlib import import_module

# /incidents/new stands before /incidents/{reference}.
PAGES = (
    *("admin_users", "admin_user", "admin_teams", "admin_templates", "admin_mail", "admin_audit"),
    *(
        "login",
        "login_code",
        "setup",
        "setup_done",
        "me",
        "portal",
        "incidents",
        "board_peek",
        "new_incident",
        "incident",
    ),
    *("cmdb", "cmdb_item", "notifications", "admin_channels", "report"),
    *("search", "admin_displays", "admin_settings", "admin_sla", "reports", "phone", "phone_act", "take"),
)


def register() -> None:
    """All pages answer at their addresses from now on."""
    for name in PAGES:
        import_module(f"ui.pages.{name}")
