"""PDF, archives, texts, mails, pictures, and files without any number."""
import base64
import bz2
import csv
import datetime
import email.generator
import email.policy
import gzip
import io
import json
import lzma
import mailbox
import os
import quopri
import sqlite3
import tarfile
import zipfile
from email.message import EmailMessage
from email.mime.base import MIMEBase

import pikepdf
from PIL import Image
from reportlab.pdfgen import canvas

import flatodf
from common import TMP, number, put, put_file, read, run, soffice, tmp, write_tmp
from other import picture

BODY = "Kære Testperson Eksempel\n\nVi har behandlet din ansøgning om tilskud.\nSagen vedrører %s.\n\nVenlig hilsen\nEksempel Kommune\n"


def num():
    return number(zero=True)


def chromium(place, html, ext="html"):
    n = num()
    src, out = write_tmp("c/" + place.replace(" ", "-") + "." + ext, html % {"n": n, "a": n[:6], "b": n[7:]}), tmp("c", "out.pdf")
    run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--user-data-dir=" + tmp("chrome"), "--print-to-pdf=" + out, "file://" + src)
    put_file("pdf/chromium-%s.pdf" % place.replace(" ", "-"), place, n, out)


def pdfs():
    page = '<!doctype html><html lang="da"><meta charset="utf-8"><title>Brev</title><body style="font-family:Liberation Sans">%s'
    chromium("body", page % "<p>Sagen vedrører %(n)s.</p>")
    chromium("table", page % "<table border=1><tr><th>Navn<th>CPR-nr.<th>By<tr><td>Testperson Eksempel<td>%(n)s<td>Eksempelby</table>")
    chromium("form value", page % '<form>CPR <input value="%(n)s" size=30></form>')
    chromium("split bold", page % "<p>Sagen %(a)s<b>-</b>%(b)s lukkes")
    chromium("two columns", page % '<div style="columns:2"><p>Vi skriver til dig om din sag, som har været behandlet i udvalget den 3. marts.</p><p>Sagen vedrører %(n)s, og den lukkes nu.</p></div>')
    chromium("small print", page % '<p style="font-size:5px">Ref %(n)s</p>')
    chromium("letter spacing", page % '<p style="letter-spacing:3px">CPR %(n)s</p>')
    chromium("digit boxes", page % ('CPR-nummer <table border=1><tr>' + "<td>%(a)s<td>%(b)s" + "</table>"))
    chromium("title", (page % "<p>Hej").replace("<title>Brev", "<title>Brev om %(n)s"))
    chromium("link address", page % '<p><a href="https://sag.example/?cpr=%(n)s">Sagen</a>')
    chromium("rotated", page % '<p style="transform:rotate(90deg);width:9em;margin-top:6em">CPR %(n)s</p>')
    chromium("svg text", page % '<svg width=400 height=60><text x=10 y=30>CPR %(n)s</text></svg>')
    # LibreOffice
    for place in ("page header", "footnote", "table", "text box", "comment"):
        n = num()
        src = write_tmp("lo/%s.fodt" % place.replace(" ", "-"), flatodf.texts(n)[place])
        soffice("pdf", 'writer_pdf_Export:{"ExportNotes":{"type":"boolean","value":"true"}}', [src], tmp("lo", "out"))
        put_file("pdf/writer-%s.pdf" % place.replace(" ", "-"), place, n, tmp("lo", "out", place.replace(" ", "-") + ".pdf"))
    for place in ("cell", "formula result"):
        n = num()
        src = write_tmp("lo/%s.fods" % place.replace(" ", "-"), flatodf.sheets(n)[place])
        soffice("pdf", "calc_pdf_Export", [src], tmp("lo", "out"))
        put_file("pdf/calc-%s.pdf" % place.replace(" ", "-"), place, n, tmp("lo", "out", place.replace(" ", "-") + ".pdf"))
    n = num()  # a PDF/A with the source file within
    src = write_tmp("lo/hybrid.fodt", flatodf.texts(n)["body"])
    soffice("pdf", 'writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"}}', [src], tmp("lo", "out"))
    put_file("pdf/writer-pdfa.pdf", "body", n, tmp("lo", "out", "hybrid.pdf"))
    ghostscript()
    tools()
    labs()


def ghostscript():
    ps = "%%!PS\n/Helvetica findfont 12 scalefont setfont 72 700 moveto (%s) show %s showpage\n"

    def make(place, text, mark):
        n = num()
        src, out = write_tmp("gs/a.ps", ps % (text.replace("@", n), mark.replace("@", n))), tmp("gs", "out.pdf")
        run("gs", "-q", "-dNOSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-o", out, src)
        put_file("pdf/ghostscript-%s.pdf" % place.replace(" ", "-"), place, n, out)
    make("body", "Sagen om @", "")
    make("note", "Brev", "[/Rect [72 600 200 640] /Subtype /Text /Contents (Vedr. @) /Title (Sagsbehandler) /ANN pdfmark")
    make("free text", "Brev", "[/Rect [72 600 300 640] /Subtype /FreeText /Contents (Vedr. @) /DA (/Helv 10 Tf 0 g) /ANN pdfmark")
    make("title", "Brev", "[/Title (Afgorelse @) /DOCINFO pdfmark")
    make("custom info", "Brev", "[/Sagsnummer (@) /DOCINFO pdfmark")
    make("bookmark", "Brev", "[/Title (Bilag om @) /Page 1 /OUT pdfmark")
    make("link address", "Brev", "[/Rect [72 600 200 640] /Action << /Subtype /URI /URI (https://sag.example/?cpr=@) >> /Subtype /Link /ANN pdfmark")
    n = num()
    src = write_tmp("gs/k.ps", ps % ("CPR: ", " ".join("(%s) show 0.7 0 rmoveto" % c for c in n)))
    run("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-o", tmp("gs", "k.pdf"), src)
    put_file("pdf/ghostscript-kerned.pdf", "kerned", n, tmp("gs", "k.pdf"))


def simple_pdf(text):
    b = io.BytesIO()
    c = canvas.Canvas(b, pagesize=(400, 300))
    c.drawString(40, 250, "Brev")
    c.drawString(40, 220, text)
    c.save()
    return b.getvalue()


def tools():
    def qpdf(place, text, *args):
        n = num()
        src, out = write_tmp("q/a.pdf", simple_pdf(text.replace("@", n))), tmp("q", "out.pdf")
        run("qpdf", src, *[a.replace("@", n) for a in args], out)
        put_file("pdf/qpdf-%s.pdf" % place.replace(" ", "-"), place, n, out)
    qpdf("empty password rc4", "Sagen om @", "--allow-weak-crypto", "--encrypt", "", "ejer", "128", "--use-aes=n", "--")
    qpdf("empty password aes 128", "Sagen om @", "--allow-weak-crypto", "--encrypt", "", "ejer", "128", "--use-aes=y", "--")
    qpdf("empty password aes 256", "Sagen om @", "--encrypt", "", "ejer", "256", "--")
    qpdf("object streams", "Sagen om @", "--object-streams=generate")
    qpdf("linearized", "Sagen om @", "--linearize")
    n = num()
    src = write_tmp("q/b.pdf", simple_pdf("Sagen om " + n))
    run("qpdf", src, "--encrypt", "hemmelig", "ejer", "256", "--", tmp("q", "p.pdf"))
    put_file("pdf/qpdf-password.pdf", "password", "gap:encrypted", tmp("q", "p.pdf"))
    n = num()
    src, att = write_tmp("q/c.pdf", simple_pdf("Brev")), write_tmp("q/liste.csv", "Navn;CPR\nTestperson;%s\n" % n)
    run("pdfattach", src, att, tmp("q", "att.pdf"))
    put_file("pdf/poppler-attachment.pdf", "attachment", n, tmp("q", "att.pdf"))
    n = num()
    src, att = write_tmp("q/c.pdf", simple_pdf("Brev")), write_tmp("q/inder.pdf", simple_pdf("Sagen om " + n))
    run("qpdf", src, "--add-attachment", att, "--", tmp("q", "att.pdf"))
    put_file("pdf/qpdf-attached-pdf.pdf", "attachment", n, tmp("q", "att.pdf"))

    def pike(place, f):
        n = num()
        out = tmp("q", "pike.pdf")
        with pikepdf.open(io.BytesIO(simple_pdf("Brev"))) as d:
            f(d, n)
            d.save(out)
        put_file("pdf/pikepdf-%s.pdf" % place.replace(" ", "-"), place, n, out)

    def xmp(d, n):
        with d.open_metadata() as m:
            m["dc:description"] = "Vedr. " + n

    def annot(subtype):
        def f(d, n):
            d.pages[0].Annots = d.make_indirect(pikepdf.Array([d.make_indirect(pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name("/" + subtype), Rect=[40, 40, 200, 80], Contents=pikepdf.String("Vedr. " + n)))]))
        return f

    def info(d, n):
        d.docinfo["/Borger"] = n
    pike("xmp", xmp)
    pike("custom info", info)
    pike("highlight note", annot("Highlight"))
    pike("stamp", annot("Stamp"))
    n = num()  # an incremental save that paints over what was there
    base = simple_pdf("Sagen om " + n)
    put("pdf/earlier-revision.pdf", "earlier revision", n, later(base))
    n = num()  # a picture of text, nothing else
    Image.open(io.BytesIO(picture(["Scannet brev", "CPR-nr.: " + n]))).save(tmp("q", "scan.pdf"), resolution=96)
    put_file("pdf/pillow-picture.pdf", "picture", n, tmp("q", "scan.pdf"))


def later(base):
    """Appends a revision in which the page has other content."""
    with pikepdf.open(io.BytesIO(base)) as d:
        stream = d.pages[0].obj.Contents.objgen[0]
        start = int(base[base.rindex(b"startxref") + 9:].split()[0])
        size, root = int(d.trailer.Size), d.trailer.Root.objgen[0]
    text = b"BT /F1 12 Tf 40 250 Td (Brev uden nummer) Tj ET"
    at = len(base)
    body = b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (stream, len(text), text)
    xref = at + len(body)
    return base + body + b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (stream, at, size, root, start, xref)


def labs():
    def lab(place, f):
        n, b = num(), io.BytesIO()
        c = canvas.Canvas(b, pagesize=(400, 300))
        c.drawString(40, 250, "Brev")
        f(c, n)
        c.save()
        put("pdf/reportlab-%s.pdf" % place.replace(" ", "-"), place, n, b.getvalue())
    lab("body", lambda c, n: c.drawString(40, 200, "Sagen om " + n))
    lab("form field", lambda c, n: c.acroForm.textfield(name="cpr", value=n, x=40, y=100, width=200, height=20))
    lab("field tooltip", lambda c, n: c.acroForm.textfield(name="felt", tooltip="CPR for " + n, x=40, y=100, width=200, height=20))

    def invisible(c, n):
        t = c.beginText(40, 150)
        t.setTextRenderMode(3)
        t.textLine("Sagen om " + n)
        c.drawText(t)
    lab("invisible text", invisible)
    lab("apart", lambda c, n: (c.drawString(40, 150, "CPR-nr. " + n[:6]), c.drawString(128, 150, "- " + n[7:])))


def docx_of(text):
    import docx
    b = io.BytesIO()
    d = docx.Document()
    d.add_paragraph(text)
    d.save(b)
    return b.getvalue()


def archives():
    def zipped(members, method=zipfile.ZIP_DEFLATED):
        b = io.BytesIO()
        with zipfile.ZipFile(b, "w", method) as z:
            for k, v in members.items():
                z.writestr(k, v)
        return b.getvalue()

    def made(name, place, f):
        n = num()
        put("archives/" + name, place, n, f(n))
    made("tekst.zip", "text", lambda n: zipped({"brev.txt": BODY % n}))
    made("stored.zip", "text", lambda n: zipped({"a/b/brev.txt": BODY % n}, zipfile.ZIP_STORED))
    made("bzip2.zip", "text", lambda n: zipped({"brev.txt": BODY % n}, zipfile.ZIP_BZIP2))
    made("lzma.zip", "text", lambda n: zipped({"brev.txt": BODY % n}, zipfile.ZIP_LZMA))
    made("docx.zip", "docx", lambda n: zipped({"brev.docx": docx_of("Sagen om " + n)}))
    made("pdf.zip", "pdf", lambda n: zipped({"brev.pdf": simple_pdf("Sagen om " + n)}))
    made("indlejret.zip", "zip in zip in zip", lambda n: zipped({"x.zip": zipped({"y.zip": zipped({"brev.txt": BODY % n})})}))
    made("filnavn.zip", "member name", lambda n: zipped({"sager/Brev til %s.txt" % n: "Se vedlagte."}))
    made("mappenavn.zip", "folder name", lambda n: zipped({"%s/brev.txt" % n: "Se vedlagte."}))
    made("tom-mappe.zip", "empty folder name", lambda n: zipped({"sager %s/" % n: ""}))

    def comment(n):
        b = io.BytesIO()
        with zipfile.ZipFile(b, "w") as z:
            z.writestr("a.txt", "Se vedlagte.")
            z.comment = ("Sag " + n).encode()
        return b.getvalue()
    made("kommentar.zip", "archive comment", comment)

    def tool(name, place, args, member="brev.txt"):
        n = num()
        folder = os.path.dirname(write_tmp("ar/%s/%s" % (name, member), BODY % n))
        run(*[a.replace("@", name) for a in args], cwd=folder, env=dict(os.environ, TZ="UTC"))
        return folder, n

    def by(name, *args, place="text", gap=""):
        folder, n = tool(name, place, args)
        put_file("archives/" + name, place, gap or n, os.path.join(folder, name))
    by("infozip.zip", "zip", "-q", "@", "brev.txt")
    by("7z.zip", "7z", "a", "@", "brev.txt")
    by("deflate64.zip", "7z", "a", "-mm=Deflate64", "@", "brev.txt", gap="gap:unknown-type")
    by("lzma.7z", "7z", "a", "@", "brev.txt")
    by("ppmd.7z", "7z", "a", "-m0=PPMd", "@", "brev.txt")
    by("bzip2.7z", "7z", "a", "-m0=BZip2", "@", "brev.txt")
    by("deflate.7z", "7z", "a", "-m0=Deflate", "@", "brev.txt")
    by("copy.7z", "7z", "a", "-m0=Copy", "@", "brev.txt")
    by("lzma1.7z", "7z", "a", "-m0=LZMA", "@", "brev.txt")
    by("password.7z", "7z", "a", "-phemmelig", "@", "brev.txt", gap="gap:encrypted")
    by("password-headers.7z", "7z", "a", "-phemmelig", "-mhe=on", "@", "brev.txt", gap="gap:encrypted")
    by("password.zip", "7z", "a", "-phemmelig", "-tzip", "@", "brev.txt", gap="gap:encrypted")
    by("password-aes.zip", "7z", "a", "-phemmelig", "-tzip", "-mem=AES256", "@", "brev.txt", gap="gap:encrypted")
    by("tape.tar", "tar", "cf", "@", "brev.txt")
    by("tape.tar.gz", "tar", "czf", "@", "brev.txt")
    by("tape.tgz", "tar", "czf", "@", "brev.txt")
    by("tape.tar.bz2", "tar", "cjf", "@", "brev.txt")
    by("tape.tar.xz", "tar", "cJf", "@", "brev.txt")
    by("tape.tar.zst", "tar", "--zstd", "-cf", "@", "brev.txt")
    by("v7.tar", "tar", "--format=v7", "-cf", "@", "brev.txt")
    by("pax.tar", "tar", "--format=posix", "-cf", "@", "brev.txt")
    for ext, f in (("gz", lambda d: gzip.compress(d, mtime=0)), ("bz2", bz2.compress), ("xz", lzma.compress)):
        n = num()
        put("archives/brev.txt." + ext, "text", n, f((BODY % n).encode()))
    n = num()
    run("zstd", "-q", "-f", write_tmp("z/brev.txt", BODY % n), "-o", tmp("z", "brev.txt.zst"))
    put_file("archives/brev.txt.zst", "text", n, tmp("z", "brev.txt.zst"))


def texts():
    def made(name, place, f):
        n = num()
        data = f(n)
        put("text/" + name, place, n, data)
    table = "Navn;CPR-nr.;By\r\nTestperson Eksempel;%s;Århus\r\nAnden Prøve;;Ærø\r\n"
    made("utf8.csv", "cell", lambda n: table % n)
    made("utf8-bom.csv", "cell", lambda n: b"\xef\xbb\xbf" + (table % n).encode())
    made("cp1252.csv", "cell", lambda n: (table % n).encode("cp1252"))
    made("latin1.csv", "cell", lambda n: (table % n).encode("latin-1"))
    made("utf16le.csv", "cell", lambda n: b"\xff\xfe" + (table % n).encode("utf-16-le"))
    made("utf16be.csv", "cell", lambda n: b"\xfe\xff" + (table % n).encode("utf-16-be"))
    made("cp850.csv", "cell", lambda n: (table % n).encode("cp850"))
    made("tab.tsv", "cell", lambda n: (table % n).replace(";", "\t"))
    made("comma-quoted.csv", "cell", lambda n: '"Navn","CPR-nr.","By"\n"Eksempel, Testperson","%s","By"\n' % n)
    made("lost-zero.csv", "number cell", lambda n: "Navn;CPR-nr.;By\r\nTestperson Eksempel;%s;By\r\n" % n.replace("-", "").lstrip("0"))
    made("excel-text.csv", "cell", lambda n: 'Navn;CPR-nr.\r\nTestperson Eksempel;="%s"\r\n' % n.replace("-", ""))
    made("sep.csv", "cell", lambda n: "sep=,\r\nNavn,CPR-nr.\r\nTestperson Eksempel,%s\r\n" % n)
    made("date-and-serial.csv", "two columns", lambda n: "Navn;Fødselsdato;Løbenr.\r\nTestperson Eksempel;%s;%s\r\n" % (n[:6], n[7:]))
    made("brev.txt", "body", lambda n: BODY % n)
    made("brev-1252.txt", "body", lambda n: (BODY % n).encode("cp1252"))
    made("utf16.txt", "body", lambda n: b"\xff\xfe" + (BODY % n).encode("utf-16-le"))
    made("utf16-nomark.txt", "body", lambda n: (BODY % n).encode("utf-16-le"))
    made("utf32.txt", "body", lambda n: (BODY % n).encode("utf-32"))
    made("mac.txt", "body", lambda n: (BODY % n).replace("\n", "\r").encode("mac-roman"))
    made("app.log", "log line", lambda n: "2026-11-20T10:00:00Z INFO request id=4711 path=/borger\n2026-11-20T10:00:01Z WARN opslag cpr=%s fejlede\n" % n)
    made("data.json", "value", lambda n: json.dumps({"sag": {"navn": "Testperson Eksempel", "cpr": n.replace("-", "")}}))
    made("escaped.json", "value", lambda n: '{"note":"' + "".join("\\u%04x" % ord(c) for c in "CPR " + n) + '"}')
    made("data.jsonl", "value", lambda n: '{"id":1}\n{"id":2,"personnummer":"%s"}\n' % n)
    made("key.json", "key", lambda n: json.dumps({n: {"navn": "Testperson"}}))
    made("data.xml", "element", lambda n: '<?xml version="1.0" encoding="ISO-8859-1"?>\n<sag><person><personnummer>%s</personnummer></person></sag>' % n.replace("-", ""))
    made("attribute.xml", "attribute", lambda n: '<?xml version="1.0"?><sag><person cpr="%s"/></sag>' % n)
    made("comment.xml", "comment", lambda n: '<?xml version="1.0"?><sag><!-- vedr. %s --><a>1</a></sag>' % n)
    made("cdata.xml", "element", lambda n: '<?xml version="1.0"?><sag><tekst><![CDATA[Sagen om %s]]></tekst></sag>' % n)
    made("kode.py", "source", lambda n: "# test\nTESTPERSON = '%s'\nprint(TESTPERSON)\n" % n)
    made("dump.sql", "source", lambda n: "INSERT INTO borger (navn, cpr) VALUES ('Testperson Eksempel', '%s');\n" % n.replace("-", ""))
    made("noter.md", "body", lambda n: "# Sag\n\n| Navn | CPR |\n|---|---|\n| Testperson | %s |\n" % n)
    made("conf.yaml", "value", lambda n: "borger:\n  navn: Testperson\n  cpr: '%s'\n" % n)
    made("conf.ini", "value", lambda n: "[borger]\ncpr = %s\n" % n)
    page = '<!doctype html><meta charset="utf-8"><title>Side</title>%s'
    for place, inner in {
        "body": "<p>Sagen vedrører @.", "hidden element": '<div style="display:none">CPR @</div>Hej', "comment": "<!-- @ -->Hej",
        "input value": '<input type=hidden name=cpr value="@">Hej', "alt text": '<img src=x alt="Kort @">Hej', "title tip": '<a href=# title="Vedr. @">Hej</a>',
        "link address": '<a href="https://sag.example/?cpr=@">Hej</a>', "data attribute": '<p data-cpr="@">Hej', "entities": "<p>CPR &#48;" + "@1</p>",
        "split tags": "<p>CPR @<b>@2</b></p>", "table": "<table><tr><th>Navn<th>CPR<tr><td>Testperson<td>@</table>", "script": "<script>var cpr='@'</script>Hej",
        "placeholder": '<textarea>CPR @</textarea>Hej', "style": "<style>.a::after{content:'@'}</style>Hej", "meta": '<meta name=description content="Vedr. @">Hej',
    }.items():
        def html(n, inner=inner):
            s = inner.replace("@1", n[1:]).replace("@<b>@2", n[:5] + "<b>" + n[5:]).replace("@", n)
            return page % s
        made("html-%s.html" % place.replace(" ", "-"), place, html)
    ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//eksempel//DA\r\nBEGIN:VEVENT\r\nUID:1@kommune.example\r\nDTSTART:20261120T100000Z\r\nSUMMARY:%s\r\nDESCRIPTION:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    made("summary.ics", "summary", lambda n: ics % ("Samtale " + n, "Mødelokale 3"))
    made("folded.ics", "description", lambda n: ics % ("Samtale", "Vi taler om ansøgningen og om den sag der hører til nummeret " + n[:4] + "\r\n " + n[4:]))
    made("card.vcf", "note", lambda n: "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Testperson Eksempel\r\nNOTE:CPR %s\r\nEND:VCARD\r\n" % n)
    made("qp.vcf", "note", lambda n: "BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Testperson\r\nNOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:%s\r\nEND:VCARD\r\n" % quopri.encodestring(("Født: " + n).encode()).decode())
    n = num()
    path = tmp("db", "a.sqlite")
    db = sqlite3.connect(path)
    db.execute("create table borger (navn text, cpr text)")
    db.execute("insert into borger values ('Testperson Eksempel', ?)", (n,))
    db.commit()
    db.close()
    put_file("text/borger.sqlite", "database row", n + " gap:unknown-type", path)


def message(n, subject="Vedr. din sag", text=None, **kw):
    m = EmailMessage(policy=email.policy.SMTP)
    m["From"], m["To"], m["Subject"] = "Sagsbehandler <sag@kommune.example>", "modtager@firma.example", subject
    m["Date"], m["Message-ID"] = "Fri, 20 Nov 2026 10:00:00 +0100", "<1@kommune.example>"
    m.set_content(text or "Hej\n\nSe vedhæftede.\n", **kw)
    return m


def mails():
    def made(name, place, f):
        n = num()
        m = f(n)
        put("mail/" + name, place, n, m if isinstance(m, bytes) else m.as_bytes())

    def attach(data, main, sub, filename, **kw):
        def f(n):
            m = message(n)
            m.add_attachment(data(n), maintype=main, subtype=sub, filename=filename, **kw)
            return m
        return f
    made("body.eml", "body", lambda n: message(n, text=BODY % n))
    made("base64.eml", "body", lambda n: message(n, text=BODY % n, cte="base64"))
    made("quoted.eml", "body", lambda n: message(n, text=BODY % n, cte="quoted-printable", charset="iso-8859-1"))
    made("subject.eml", "subject", lambda n: message(n, subject="Afgørelse til " + n))

    def html(n):
        m = message(n)
        m.add_alternative("<p>Sagen om <b>%s</b>%s</p>" % (n[:6], n[6:]), subtype="html")
        return m
    made("html.eml", "html part", html)

    def inner(n):
        m = message(n)
        m.add_attachment(message(n, text=BODY % n))
        return m
    made("forwarded.eml", "mail in mail", inner)
    made("docx.eml", "docx", attach(lambda n: docx_of("Sagen om " + n), "application", "octet-stream", "brev.docx"))
    made("pdf.eml", "pdf", attach(lambda n: simple_pdf("Sagen om " + n), "application", "pdf", "brev.pdf"))
    made("picture.eml", "picture", attach(lambda n: picture(["CPR-nr.: " + n]), "image", "png", "skærm.png"))

    def zipped(n):
        b = io.BytesIO()
        with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("liste.csv", "Navn;CPR\nTestperson;%s\n" % n)
        return b.getvalue()
    made("zip.eml", "zip", attach(zipped, "application", "zip", "bilag.zip"))
    made("csv.eml", "csv", attach(lambda n: ("Navn;CPR\r\nÆgte Prøve;%s\r\n" % n).encode("cp1252"), "text", "csv", "liste.csv"))
    made("filename.eml", "file name", lambda n: attach(lambda _: b"Se sagen.\n", "text", "plain", "Brev til %s på ø.txt" % n)(n))
    made("ics.eml", "calendar", attach(lambda n: ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Samtale %s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n" % n).encode(), "text", "calendar", "møde.ics"))
    made("wrong-type.eml", "docx", attach(lambda n: docx_of("Sagen om " + n), "image", "jpeg", "billede.jpg"))

    def box(n):
        path = tmp("mb", "inbox.mbox")
        b = mailbox.mbox(path)
        b.add(message(n))
        b.add(message(n, text=BODY % n))
        b.close()
        return read(path)
    made("inbox.mbox", "second mail", box)


def pictures():
    def made(name, f):
        n = num()
        put("pictures/" + name, "picture", n, f(["Sygesikring", "CPR-nr.: " + n, "Testperson Eksempel"]))

    def convert(fmt):
        def f(lines):
            run("convert", write_tmp("p/a.png", picture(lines)), *([] if fmt != "jpg" else ["-quality", "85"]), tmp("p", "a." + fmt))
            return read(tmp("p", "a." + fmt))
        return f
    made("skaerm.png", picture)
    made("skaerm.jpg", convert("jpg"))
    made("skaerm.gif", convert("gif"))
    made("skaerm.bmp", lambda lines: picture(lines, "BMP", "L"))
    made("skaerm.webp", convert("webp"))
    made("skaerm.tiff", lambda lines: picture(lines, "TIFF", compression="tiff_lzw"))


SILENT = ("Faktura 20261120-0044 for EAN 5798009811578, CVR 12345678, beløb 1.234.567,00 kr.\n"
          "Sag 26/004711, journalnr. 2026-118823, telefon 33 33 33 33, +45 44 44 44 44.\n"
          "Konto 1234 0001234567, kl. 10.15 den 20-11-2026, uuid 550e8400-e29b-41d4-a716-446655440000.\n")


def silent():
    lines = SILENT.strip().split("\n")

    def made(name, data):
        put("silent/" + name, "-", "-", data)
    made("brev.txt", SILENT)
    made("brev.docx", docx_of(SILENT))
    made("brev.pdf", simple_pdf(lines[0]))
    made("liste.csv", "Faktura;EAN;CVR\r\n20261120;5798009811578;12345678\r\n")
    made("data.json", json.dumps({"faktura": 202611200044, "ean": 5798009811578, "tid": 1795168800}))
    made("data.xml", "<?xml version='1.0'?><f><nr>202611200044</nr><ean>5798009811578</ean></f>")
    made("side.html", "<!doctype html><p>" + "<p>".join(lines))
    made("skaerm.png", picture(lines[:1]))
    made("mail.eml", message("", text=SILENT).as_bytes())
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w") as z:
        z.writestr("brev.txt", SILENT)
    made("brev.zip", b.getvalue())
    import openpyxl
    wb = openpyxl.Workbook()
    wb.active.append(["Faktura", "EAN", "Dato", "Beløb"])
    for i in range(20):
        wb.active.append([20261120 + i, 5798009811578 + i, datetime.date(2026, 1, 1 + i), 1234.5 * i])
    b = io.BytesIO()
    wb.save(b)
    made("liste.xlsx", b.getvalue())
    src = write_tmp("s/brev.fodt", flatodf.letter("".join("<text:p>%s</text:p>" % l for l in lines)))
    for ext, filter_ in (("odt", ""), ("doc", "MS Word 97"), ("rtf", "Rich Text Format"), ("pdf", "writer_pdf_Export")):
        soffice(ext, filter_, [src], tmp("s", "out"))
        put_file("silent/writer." + ext, "-", "-", tmp("s", "out", "brev." + ext))
    src = write_tmp("s/liste.fods", flatodf.book(flatodf.sheet([flatodf.tr("Faktura", "EAN"), flatodf.tr("20261120", "5798009811578")])))
    for ext, filter_ in (("ods", ""), ("xls", "MS Excel 97")):
        soffice(ext, filter_, [src], tmp("s", "out"))
        put_file("silent/calc." + ext, "-", "-", tmp("s", "out", "liste." + ext))
    src = write_tmp("s/vis.fodp", flatodf.show(flatodf.slide(flatodf.frame(lines[0]))))
    for ext, filter_ in (("odp", ""), ("pptx", "Impress MS PowerPoint 2007 XML")):
        soffice(ext, filter_, [src], tmp("s", "out"))
        put_file("silent/impress." + ext, "-", "-", tmp("s", "out", "vis." + ext))


def make():
    archives()
    texts()
    mails()
    pictures()
    pdfs()
    silent()
