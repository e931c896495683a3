"""What leaves the desk on paper: an incident's history as a PDF that can be checked (S140 to S143).

Two steps, so that no session is held while a document is laid out: `history.collect` reads, `render.print_pdf` prints.
"""
