"""What the demonstration company has prepared: incidents that come again, and replies that are written again."""

from typing import Any

from data.vocabulary import TemplateKind
from services import templates
from services.i18n import typeset
from services.work import Actor

INCIDENTS: tuple[dict[str, Any], ...] = (
    {
        "name": "Panne d’imprimante",
        "title": "L’imprimante n’imprime plus : ",
        "text": "**Imprimante et lieu :**\n**Message affiché :**\n**Depuis quand :**\n**Autres postes touchés :**",
        "category": "hardware",
        "priority": "low",
        "severity": "minor",
        "impact": "single_client",
        "team": "Support N1",
    },
    {
        "name": "Compte verrouillé",
        "title": "Compte verrouillé : ",
        "text": "**Identifiant :**\n**Application ou Windows :**\n**Identité vérifiée par :**",
        "category": "access",
        "priority": "medium",
        "impact": "single_user",
        "team": "Support N1",
    },
    {
        "name": "Coupure réseau d’un site",
        "title": "Plus de réseau sur le site de ",
        "text": "**Site :**\n**Heure de la coupure :**\n**Téléphonie touchée :**\n**Ticket opérateur :**",
        "category": "network",
        "priority": "critical",
        "severity": "critical",
        "impact": "multi_client",
        "team": "Infrastructure",
    },
)
REPLIES: tuple[dict[str, Any], ...] = (
    {
        "name": "Demande de précisions",
        "text": "Bonjour {requester},\n\nPour avancer sur « {title} », pouvez-vous nous dire :\n\n"
        "1. le message exact qui s’affiche,\n2. l’heure à laquelle cela s’est produit,\n"
        "3. si vos collègues ont le même problème ?\n\nMerci,\n{technician}",
        "readers": "public",
    },
    {
        "name": "Prise en charge",
        "text": "Bonjour {requester},\n\nJe m’occupe de votre incident {reference} et vous écris au plus vite.\n\n"
        "{technician}",
        "readers": "public",
    },
    {
        "name": "Résolu, à vérifier",
        "text": "Bonjour {requester},\n\nLe problème devrait être réglé. Pouvez-vous vérifier de votre côté ? "
        "Répondez ici s’il revient.\n\n{technician}",
        "readers": "public",
    },
    {
        "name": "Passage de relais",
        "text": "**Constaté :**\n\n**Déjà essayé :**\n\n**Reste à faire :**",
        "readers": "internal",
    },
)


def furnish(actor: Actor) -> None:
    """The templates are there; one whose name is taken stays as it is."""
    taken = {(each.kind, each.name) for each in templates.every(actor)}
    for kind, prepared in ((TemplateKind.INCIDENT, INCIDENTS), (TemplateKind.REPLY, REPLIES)):
        for values in prepared:
            if (kind, values["name"]) not in taken:
                templates.create(actor, kind, {**values, "text": typeset(values["text"])})
