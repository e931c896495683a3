"""Telling people and other systems what happened.

`rules` says who hears what, `outbox` writes it in the transaction of the change, `delivery` sends it; `text` finds the
words, `mail`, `chat` and `webhook` carry them. `inbox`, `choices` and `channels` are what pages ask for.
"""
