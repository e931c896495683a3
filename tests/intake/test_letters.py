"""What is read of a letter, however it is written (M4, M6)."""

import time

import pytest

from services.intake.mail.letter import FILES, read
from services.intake.mail.worker import LIMIT, Reader
from tests.intake.letters import PNG, raw, written

BOMBS = {
    "20,000 addresses": raw("From: " + ", ".join(f"a{n}@b.example" for n in range(20_000))),
    "10,000 parts": raw('Content-Type: multipart/mixed; boundary="x"', text="--x\r\n\r\ny\r\n" * 10_000),
    "5,000 parameters": raw("Content-Type: text/plain; " + "; ".join(f"a{n}=b" for n in range(5_000))),
    "nested comments": raw("From: " + "(" * 50_000, "Content-Type: text/plain" + "(" * 50_000),
    "nested parts": b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(2_000)
    ),
    "nested letters": b"Content-Type: message/rfc822\r\n\r\n" * 2_000,
    "no such charset": raw('Content-Type: text/plain; charset="klingon"'),
    "a charset that is none": raw('Content-Type: text/plain; charset="zlib"'),
    "no such charset in a header": raw("Subject: =?klingon?q?x?= =?utf-8?b?####?="),
    "numbered parameters": raw("Content-Type: text/plain; " + "; ".join(f"name*{n}*=x" for n in range(5_000))),
    "HTML of ends": raw("Content-Type: text/html", text="<div>" * 25_000 + "</p></b>" * 20_000),
    "deep HTML": raw("Content-Type: text/html", text="<div>" * 100_000 + "<!--" * 10_000 + "<![" * 10_000),
    "200,000 references": raw("References: " + "<a@b>" * 200_000, "In-Reply-To: " + "<" * 200_000),
    "broken base64": raw("Content-Transfer-Encoding: base64", text="=" * 100_000),
    "nothing": b"",
    "noise": bytes(range(256)) * 4_000,
}


@pytest.mark.parametrize(
    ("value", "sender"),
    [
        ("chloe@acme.example", "chloe@acme.example"),
        ("Chloé Dubois <Chloe@Acme.example>", "chloe@acme.example"),
        ('"Dubois, Chloé (IT) <x@y.example>" <chloe@acme.example>', "chloe@acme.example"),
        ("=?utf-8?q?Chlo=C3=A9?= <chloe@acme.example>", "chloe@acme.example"),
        ("chloe@acme.example <evil@b.example>", ""),
        ("chloe@acme.example, evil@b.example", ""),
        ("evil@b.example (chloe@acme.example)", ""),
        ("<chloe@acme.example> <evil@b.example>", ""),
        ("chloe@acme.example)evil@b.example", ""),
        ('"chloe@acme.example" evil@b.example', ""),
        ("evil@b.example\x00chloe@acme.example", ""),
        ("group: chloe@acme.example;", ""),
        ("=?utf-8?q?chloe=40acme.example?=", ""),
        ("chloe@[127.0.0.1]", ""),
        ("<>", ""),
        ("", ""),
        ("x" * 3_000 + " <chloe@acme.example>", ""),
    ],
)
def test_a_sender_is_one_address_beyond_doubt_or_none(value: str, sender: str) -> None:
    """M3: two programs that read a `From` in two ways are how somebody is taken for somebody else."""
    assert read(raw(f"From: {value}")).sender == sender
    assert read(raw(f"From: {value}", "From: chloe@acme.example")).sender == ""


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Re: Tr : RE: Fwd: Imprimante", "Imprimante"),
        ("=?iso-8859-1?q?R=E9seau?= lent", "Réseau lent"),
        ("=?utf-8?q?a=0D=0ABcc:_x=40y?=", "a Bcc: x@y"),
        ("Retour : écran", "Retour : écran"),
        ("a\x07b \u202egnp.exe", "a b gnp.exe"),
    ],
)
def test_a_title_is_the_subject_without_what_programs_put_before_it(subject: str, title: str) -> None:
    """M6 too: no control sign of a subject, encoded ones among them, reaches a title."""
    assert read(raw(f"Subject: {subject}")).subject == title


@pytest.mark.parametrize(
    ("header", "automatic"),
    [
        ("Auto-Submitted: auto-replied; owner-email=x", True),
        ("Auto-Submitted: no", False),
        ("Precedence: Bulk", True),
        ("Precedence: first-class", False),
        ("Precedence: list", False),
        ("X-Auto-Response-Suppress: OOF", True),
        ("X-Vigie: created", True),
        ("Return-Path: <>", True),
        ("Return-Path: <chloe@acme.example>", False),
        ("Content-Type: multipart/report; boundary=x", True),
    ],
)
def test_what_no_person_has_written_is_known(header: str, automatic: bool) -> None:
    """M1."""
    assert read(raw("From: chloe@acme.example", header)).automatic is automatic


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Oui.\n\nLe jeu. 26 nov. 2026 à 10:00, Vigie <vigie@acme.example> a\nécrit :\n> Avez-vous\n> redémarré ?",
            "Oui.",
        ),
        ("Oui.\n\nOn Mon, 15 June 2026, Vigie wrote:\n\n> Have you?\n", "Oui."),
        ("Oui.\n________________\nDe : Vigie\nEnvoyé : lundi\nÀ : Chloé\nObjet : x\n\nAvez-vous ?", "Oui."),
        ("Yes.\n-----Original Message-----\nFrom: Vigie", "Yes."),
        ("Oui.\n-- \nChloé\nTél. 12", "Oui."),
        ("Oui.\n\nLe 1er juin 2026 à 10:00, Vigie <v@a.example> a écrit :\n\n> Quand ?\n\n-- \nChloé", "Oui."),
        ("Oui.\n\n    Le jeudi 4 juin 2026, Vigie <v@a.example> a écrit :  \n \n Avez-vous ?\n\n Merci", "Oui."),
        ("Yes.\n\nOn Jun 4, 2026, at 10:00\u202fAM, Vigie <v@a.example> wrote:\n\nHave you?", "Yes."),
        ("Oui.\n\nDe : Vigie\nEnvoye\u0301 : jeudi\nA\u0300 : Chloé\nObjet : x\n\nAvez-vous ?", "Oui."),
        ("Le 4 juin 2026, Vigie <v@a.example> a écrit :\n> Quand ?\n\nHier.",) * 2,
        ("Oui.\n\nLe 4 juin, v@a.example a écrit :\n\n  > Quand ?\n\nHier soir.",) * 2,
        ("Oui.\n\nLe 4 juin, v@a.example a écrit :\n\n| Quand ?\n\nHier soir.",) * 2,
        ("> Avez-vous redémarré ?\nOui.\n> Quand ?\nHier.", "> Avez-vous redémarré ?\nOui.\n> Quand ?\nHier."),
        ("De : la poussière\nDate : hier", "De : la poussière\nDate : hier"),
        ("> tout est cité", "> tout est cité"),
        ("-- \nseule la signature", "-- \nseule la signature"),
    ],
)
def test_only_what_is_certainly_history_or_signature_is_cut(text: str, said: str) -> None:
    assert read(written("chloe@acme.example", "Re: Imprimante", text=text)).text == said
    assert read(written("chloe@acme.example", text=text, in_reply_to="<a@b.example>")).text == said


@pytest.mark.parametrize(
    "text",
    [
        "J'ai reçu ceci :\n\nDe : banque\nDate : hier\nÀ : moi\nObjet : virement\n\nCliquez ici\n\nMerci de bloquer.",
        "Le rejet :\n-----Original Message-----\nFrom: x\n\nQue faire ?",
        "Le journal du serveur 12 :\n> ERROR 500\n> trace",
    ],
)
def test_of_a_letter_that_answers_nothing_no_history_is_cut(text: str) -> None:
    """What looks like one is what it is about; Outlook writes a Thread-Index into new letters too."""
    assert read(written("chloe@acme.example", text=text, Thread_Index="AdmQ")).text == text


def test_what_is_forwarded_stays_whole() -> None:
    """Below the forwarder's signature too, where Gmail puts it."""
    text = "Voici.\n-- \nChloé\n-----Original Message-----\nFrom: a"
    assert read(written("chloe@acme.example", "TR: Panne", text)).text == text


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<html><head><title>t</title><body><p>Bonjour</p>", "Bonjour"),
        ('<div style="Display : none">promo<img></div><p hidden>x<p>vu<img style="display:none"> encore', "vu encore"),
        ('<table><tr><td><div style="display:none">caché</td><td>vu</td></table>', "vu"),
        ("<p>Journal :</p><pre>a\n  b\nc</pre>", "Journal :\na\n  b\nc"),
        ("<table><tr><td>Nom</td><td>Prénom</td></tr></table>", "Nom Prénom"),
        ("<p>a</p><![foo[ x ]]><![if !mso]><p>b</p><![endif]>", "a\nb"),
    ],
)
def test_of_html_what_its_reader_sees_is_read(html: str, said: str) -> None:
    assert read(raw("Content-Type: text/html; charset=utf-8", text=html)).text == said


def test_what_signs_a_letter_is_no_file_of_it() -> None:
    parts = [
        "--x",
        "",
        "Bonjour",
        "--x",
        "Content-Type: application/pkcs7-signature; name=smime.p7s",
        "",
        "AA",
        "--x--",
    ]
    letter = read(raw('Content-Type: multipart/signed; boundary="x"', text="\r\n".join(parts)))
    assert (letter.text, letter.files, letter.left_out) == ("Bonjour", (), ())


def test_the_plain_text_is_read_and_html_where_there_is_no_other() -> None:
    """X1: no sign of HTML is left of it but what the writer sees."""
    html = (
        "<style>p{}</style><p>Bonjour <b>Vigie</b>,&nbsp;l’écran&#x202e;</p><ul><li>clignote</ul>"
        "<script>alert(1)</script><p>1 &lt; 2</p><blockquote>avant</blockquote>"
    )
    both = raw(
        'Content-Type: multipart/alternative; boundary="x"',
        text="\r\n".join(["--x", "", "Clair", "--x", "Content-Type: text/html", "", html, "--x--"]),
    )
    assert read(both).text == "Clair"
    letter = read(raw("Subject: Re: x", "Content-Type: text/html; charset=utf-8", text=html))
    assert letter.text == "Bonjour Vigie, l’écran\n- clignote\n1 < 2"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<html><head><meta><title>x</title><p>Bonjour</p></html>", "Bonjour"),
        ("<div>Oui.</div>\n<blockquote>\nQuand ?<br>\nAvant ?</blockquote>\n<p>\n", "Oui."),
    ],
)
def test_html_that_is_not_tidy_is_read_as_browsers_do(html: str, text: str) -> None:
    assert read(raw("Subject: Re: x", "Content-Type: text/html; charset=utf-8", text=html)).text == text


def test_elements_that_are_empty_and_have_no_end_are_read_in_time(reader: Reader) -> None:
    """M4: and not only given up in time."""
    assert reader.read(raw("Content-Type: text/html", text="<b> " * 75_000)) is not None


def test_files_come_with_their_names_and_no_more_than_may_be_attached() -> None:
    files = [("écran.png", PNG), *((f"{n}.log", b"x") for n in range(25))]
    letter = read(written("chloe@acme.example", files=files))
    assert [(file.name, file.content) for file in letter.files] == files[:FILES]
    assert letter.left_out == tuple(name for name, _ in files[FILES:])


def test_a_file_has_a_name_without_control_signs_whatever_its_part_says() -> None:
    """M6."""
    for header in ("Content-Type: image/p\x07\x85ng", "Content-Type: image/png; name*=utf-8''a%00%0ab.png"):
        (file,) = read(raw("From: x", header)).files
        assert file.name.isprintable()


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_read_or_refused_in_time_and_the_next_letter_is_read(bomb: bytes, reader: Reader) -> None:
    """M4: within the limit of a letter, and never more than the process that reads it."""
    begun = time.monotonic()
    reader.read(bomb)
    assert time.monotonic() - begun < reader.time_limit_s + 2
    after = reader.read(written("chloe@acme.example", text="Après"))
    assert after is not None
    assert after.text == "Après"


def test_what_takes_too_long_ends_with_its_process() -> None:
    """M4: the next one is read by another. What is too large is not looked at."""
    with Reader(time_limit_s=0.4) as reader:
        assert reader.read(BOMBS["10,000 parts"] * 40) is None
        reader.time_limit_s = 10
        assert reader.read(written("chloe@acme.example")) is not None
        assert reader.read(b"x" * (LIMIT + 1)) is None
