"""Pages for people who are not in, and of what cannot be shown: plain HTML, of which the server keeps nothing."""
