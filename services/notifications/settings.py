"""What the operator's settings mean for notifications, and for the letters that answer them."""

from email.utils import parseaddr

from data.settings import Settings
from services.intake.mail import fetching
from services.notifications import mail, outbox, reach, take_links


def configure(settings: Settings) -> None:
    """Notifications are written and sent, and letters fetched, as the settings say.

    Raises ValueError for what they cannot mean.
    """
    take_links.use_secret(settings.secret)
    server = mail.Server.of(settings.smtp_url, settings.smtp_sender) if settings.smtp_url else None
    mail.use(server)
    fetching.configure(settings)
    reach.allow(settings.webhook_allow.split(","))
    anchor_to = tuple(dict.fromkeys(each.strip() for each in settings.anchor_to.split(",") if each.strip()))
    if any("@" not in parseaddr(address)[1] for address in anchor_to):
        raise ValueError("VIGIE_ANCHOR_TO: write e-mail addresses, separated by commas")
    outbox.configure(
        outbox.Terms(
            zone=settings.zone,
            mail=server is not None,
            locale=settings.language,
            public_url=settings.public_url,
            anchor_to=anchor_to,
            answers=bool(settings.imap_url),
        )
    )
