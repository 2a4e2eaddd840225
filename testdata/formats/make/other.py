"""Office files by other producers: python-docx, openpyxl, XlsxWriter, xlwt, and
the JavaScript libraries of other.js."""
import datetime
import io
import json
import os
import zipfile

import docx
import openpyxl
import xlsxwriter
import xlwt
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from PIL import Image, ImageDraw, ImageFont

from common import number, put, read, run, tmp

FONT = "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf"


def picture(lines, kind="PNG", mode="RGB", **kw):
    """A screenshot at 96 dpi: 12 point text, black on white."""
    img = Image.new("RGB", (620, 60 + 26 * len(lines)), "white")
    draw = ImageDraw.Draw(img)
    for i, line in enumerate(lines):
        draw.text((24, 24 + 26 * i), line, font=ImageFont.truetype(FONT, 16), fill="black")
    b = io.BytesIO()
    img.convert(mode).save(b, kind, dpi=(96, 96), **kw)
    return b.getvalue()


def words():
    def make(place, f):
        n = number(zero=True)
        d = docx.Document()
        d.add_heading("Afgørelse", 1)
        d.add_paragraph("Kære Testperson Eksempel. Vi har behandlet din ansøgning.")
        f(d, n)
        b = io.BytesIO()
        d.save(b)
        put("python-docx/%s.docx" % place.replace(" ", "-"), place, n, b.getvalue())

    def xml(d, text):
        d.element.body.insert(1, parse_xml(text.replace("<w:p>", "<w:p %s>" % nsdecls("w", "r", "wp", "a"), 1)))

    def cells(d, n):
        t = d.add_table(2, 2)
        for i, s in enumerate(("Navn", "CPR-nr.", "Testperson Eksempel", n)):
            t.cell(i // 2, i % 2).text = s

    def nested(d, n):
        inner = d.add_table(1, 1).cell(0, 0).add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "Personnummer", n

    def runs(d, n):
        p = d.add_paragraph("Sagen om ")
        for c in n:
            p.add_run(c).bold = c in "357"

    def header(d, n):
        d.sections[0].header.paragraphs[0].text = "Sag " + n

    def first(d, n):
        d.sections[0].different_first_page_header_footer = True
        d.sections[0].first_page_footer.paragraphs[0].text = "Sag " + n

    def core(d, n):
        d.core_properties.comments = "Vedr. " + n

    def pic(d, n):
        d.add_picture(io.BytesIO(picture(["Personoplysninger", "CPR-nr.: " + n])))
    make("body", lambda d, n: d.add_paragraph("Sagen vedrører " + n))
    make("table", cells)
    make("nested table", nested)
    make("split runs", runs)
    make("page header", header)
    make("first page footer", first)
    make("property", core)
    make("picture", pic)
    make("vanish", lambda d, n: setattr(d.add_paragraph().add_run("Internt " + n).font, "hidden", True))
    make("content control", lambda d, n: xml(d, '<w:p><w:sdt><w:sdtPr><w:alias w:val="CPR"/><w:tag w:val="cpr"/></w:sdtPr><w:sdtContent><w:r><w:t>%s</w:t></w:r></w:sdtContent></w:sdt></w:p>' % n))
    make("dropdown", lambda d, n: xml(d, '<w:p><w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText="Vælg" w:value=""/><w:listItem w:displayText="Barn %s" w:value="1"/></w:dropDownList></w:sdtPr><w:sdtContent><w:r><w:t>Vælg</w:t></w:r></w:sdtContent></w:sdt></w:p>' % n))
    make("moved from", lambda d, n: xml(d, '<w:p><w:moveFrom w:id="1" w:author="x" w:date="2026-01-01T00:00:00Z"><w:r><w:t>Vedr. %s</w:t></w:r></w:moveFrom></w:p>' % n))
    make("field code", lambda d, n: xml(d, '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DOCPROPERTY cpr %s</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>' % n))
    make("alt text", lambda d, n: xml(d, '<w:p><w:r><w:drawing><wp:inline><wp:extent cx="1" cy="1"/><wp:docPr id="1" name="Billede 1" descr="Sundhedskort %s"/></wp:inline></w:drawing></w:r></w:p>' % n))
    make("no-break hyphen", lambda d, n: xml(d, "<w:p><w:r><w:t>Nr. %s</w:t><w:noBreakHyphen/><w:t>%s</w:t></w:r></w:p>" % tuple(n.split("-"))))
    make("soft hyphen", lambda d, n: xml(d, "<w:p><w:r><w:t>Nr. %s</w:t><w:softHyphen/><w:t>%s</w:t></w:r></w:p>" % (n[:3], n[3:])))
    make("math", lambda d, n: xml(d, '<w:p><m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>CPR %s</m:t></m:r></m:oMath></w:p>' % n))
    make("embedded workbook", embed)


def embed(d, n):
    """A workbook within, as an object that only shows another part of it."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    wb = openpyxl.Workbook()
    wb.active.append(["Navn", "CPR"])
    wb.active.append(["Testperson Eksempel", n])
    b = io.BytesIO()
    wb.save(b)
    part = Part(PackURI("/word/embeddings/Microsoft_Excel_Worksheet1.xlsx"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.getvalue(), d.part.package)
    d.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package")


def openpyxls():
    def make(place, f, ext="xlsx"):
        n = number(zero=True)
        wb = openpyxl.Workbook()
        ws = wb.active
        ws.append(["Navn", "CPR-nr.", "Beløb"])
        ws.append(["Testperson Eksempel", None, 12.5])
        f(wb, ws, n)
        b = io.BytesIO()
        wb.save(b)
        put("openpyxl/%s.%s" % (place.replace(" ", "-"), ext), place, n, b.getvalue())

    def hidden(wb, ws, n):
        s = wb.create_sheet("Opslag")
        s["A1"] = "CPR " + n
        s.sheet_state = "veryHidden"

    def names(wb, ws, n):
        d = DefinedName("borger", attr_text='"%s"' % n)
        try:
            wb.defined_names.append(d)
        except AttributeError:
            wb.defined_names["borger"] = d

    def valid(wb, ws, n):
        v = DataValidation(type="list", formula1='"Ukendt,%s"' % n)
        ws.add_data_validation(v)
        v.add("C2")

    def pivot_like(wb, ws, n):
        ws["D1"], ws["D2"] = "Dato", datetime.date(2026, 3, 4)
        ws["B2"] = n

    def group(wb, ws, n):
        ws["B2"] = n
        ws.column_dimensions.group("B", "B", hidden=True)
    make("cell", lambda wb, ws, n: ws.cell(2, 2, n))
    make("number cell", lambda wb, ws, n: ws.cell(2, 2, int(n.replace("-", ""))))
    make("float cell", lambda wb, ws, n: ws.cell(2, 2, float(n.replace("-", ""))))
    make("masked number", lambda wb, ws, n: setattr(ws.cell(5, 5, int(n.replace("-", ""))), "number_format", "000000\\-0000"))
    make("masked number with quotes", lambda wb, ws, n: setattr(ws.cell(5, 5, int(n.replace("-", ""))), "number_format", '000000"-"0000'))
    make("formula", lambda wb, ws, n: ws.cell(2, 2, '=CONCATENATE("%s-","%s")' % tuple(n.split("-"))) and ws.cell(3, 2, '="CPR %s"' % n))
    make("comment", lambda wb, ws, n: setattr(ws.cell(2, 3), "comment", Comment("Vedr. " + n, "Sagsbehandler")))
    make("very hidden sheet", hidden)
    make("hidden column", group)
    make("defined name", names)
    make("validation list", valid)
    make("date beside", pivot_like)
    make("page header", lambda wb, ws, n: setattr(ws.oddHeader.center, "text", "CPR " + n))
    make("macro workbook", lambda wb, ws, n: ws.cell(2, 2, n), "xlsm")
    make("template", lambda wb, ws, n: ws.cell(2, 2, n), "xltx")
    make("property", lambda wb, ws, n: setattr(wb.properties, "keywords", n))
    make("sheet name", lambda wb, ws, n: setattr(ws, "title", n))
    make("merged cell", lambda wb, ws, n: (ws.merge_cells("A4:C4"), ws.cell(4, 1, "Vedr. " + n)))


def xlsxwriters():
    def make(place, f, **options):
        n = number(zero=True)
        b = io.BytesIO()
        wb = xlsxwriter.Workbook(b, dict(options, in_memory=True))
        ws = wb.add_worksheet("Ark1")
        ws.write_row(0, 0, ["Navn", "CPR-nr.", "Beløb"])
        ws.write_row(1, 0, ["Testperson Eksempel"])
        ws.write(1, 2, 12.5)
        f(wb, ws, n)
        wb.close()
        put("xlsxwriter/%s.xlsx" % place.replace(" ", "-"), place, n, b.getvalue())

    def chart(wb, ws, n):
        c = wb.add_chart({"type": "column"})
        c.add_series({"values": "=Ark1!$C$2:$C$3", "name": "Borger " + n})
        ws.insert_chart("E2", c)

    def chart_cache(wb, ws, n):
        ws.write(4, 5, n)
        c = wb.add_chart({"type": "bar"})
        c.set_title({"name": "Sager"})
        c.add_series({"values": [("Ark1", 1, 2, 2, 2)] and "=Ark1!$C$2:$C$3", "categories": "=Ark1!$F$5:$F$5"})
        ws.insert_chart("E9", c)

    def rich(wb, ws, n):
        bold = wb.add_format({"bold": True})
        ws.write_rich_string(1, 1, n[:4], bold, n[4:8], n[8:])

    def table(wb, ws, n):
        ws.add_table("E1:F3", {"columns": [{"header": "Navn"}, {"header": "Personnr."}], "data": [["Testperson", int(n.replace("-", ""))]]})

    def shared(wb, ws, n):
        ws.write_formula(1, 3, '=A2&"x"', None, n)

    def autofilter(wb, ws, n):
        ws.write(1, 1, n)
        ws.autofilter("A1:C2")
        ws.filter_column("A", "x == Andet")
        ws.set_row(1, options={"hidden": True})

    def white(wb, ws, n):
        ws.write(8, 8, n, wb.add_format({"font_color": "#FFFFFF"}))

    def cond(wb, ws, n):
        ws.conditional_format("A1:A9", {"type": "cell", "criteria": "==", "value": '"%s"' % n, "format": wb.add_format({"bold": True})})
    make("inline string", lambda wb, ws, n: ws.write(1, 1, n), constant_memory=True)
    make("text box", lambda wb, ws, n: ws.insert_textbox(3, 3, "Modtager " + n))
    make("chart series", chart)
    make("chart categories", chart_cache)
    make("rich string", rich)
    make("table column", table)
    make("formula result", shared)
    make("filtered row", autofilter)
    make("white text", white)
    make("condition", cond)
    make("validation help", lambda wb, ws, n: ws.data_validation("A5", {"validate": "length", "criteria": ">", "value": 1, "input_title": "CPR", "input_message": "Skriv " + n}))
    make("link", lambda wb, ws, n: ws.write_url(1, 1, "https://sag.example/?cpr=" + n, string="Sagen"))
    make("link tip", lambda wb, ws, n: ws.write_url(1, 1, "https://sag.example/", string="Sagen", tip="Sagen om " + n))
    make("custom property", lambda wb, ws, n: wb.set_custom_property("CPR", n))
    make("picture", lambda wb, ws, n: ws.insert_image(3, 3, "p.png", {"image_data": io.BytesIO(picture(["Borger " + n]))}))
    make("picture alt text", lambda wb, ws, n: ws.insert_image(3, 3, "p.png", {"image_data": io.BytesIO(picture(["Kort"])), "description": "Kort " + n}))
    make("number as text", lambda wb, ws, n: ws.write_string(1, 1, n.replace("-", "")))
    make("date and serial", lambda wb, ws, n: (ws.write_row(0, 4, ["Fødselsdato", "Løbenr."]), ws.write_row(1, 4, [int(n[:6]), int(n[7:])])))


def xlwts():
    def make(place, f):
        n = number(zero=True)
        wb = xlwt.Workbook()
        ws = wb.add_sheet("Ark1")
        for i, h in enumerate(("Navn", "CPR-nr.", "Beløb")):
            ws.write(0, i, h)
        ws.write(1, 0, "Testperson Eksempel")
        f(wb, ws, n)
        b = io.BytesIO()
        wb.save(b)
        put("xlwt/%s.xls" % place.replace(" ", "-"), place, n, b.getvalue())
    make("cell", lambda wb, ws, n: ws.write(1, 1, n))
    make("number cell", lambda wb, ws, n: ws.write(1, 1, int(n.replace("-", ""))))
    make("masked number", lambda wb, ws, n: ws.write(4, 4, int(n.replace("-", "")), xlwt.easyxf(num_format_str="000000-0000")))
    make("page header", lambda wb, ws, n: setattr(ws, "header_str", ("CPR " + n).encode()))
    make("rich string", lambda wb, ws, n: ws.write_rich_text(1, 1, (n[:4], (n[4:], xlwt.easyfont("bold true")))))
    make("formula", lambda wb, ws, n: ws.write(1, 1, xlwt.Formula('"CPR %s"' % n)))
    make("hidden sheet", lambda wb, ws, n: (setattr(wb.add_sheet("Data"), "visibility", 1), wb.get_sheet(1).write(0, 0, n)))


def scripts():
    """What the JavaScript libraries make: place and number in, files out."""
    places = json.loads(run("node", os.path.join(os.path.dirname(__file__), "other.js"), "list"))
    jobs = {p: number(zero=True) for p in places}
    out = tmp("js", "x")[:-2]
    run("node", os.path.join(os.path.dirname(__file__), "other.js"), out, json.dumps(jobs))
    for p, n in jobs.items():
        n += " gap:unknown-type" if p.endswith(".wk3") else ""  # Lotus: swept only
        put(p, os.path.splitext(os.path.basename(p))[0].replace("-", " "), n, read(os.path.join(out, p.replace("/", "_"))))


def rezipped():
    """The same letter in zips as other programs write them."""
    n = number(zero=True)
    d = docx.Document()
    d.add_paragraph("Sagen vedrører " + n)
    b = io.BytesIO()
    d.save(b)
    src = zipfile.ZipFile(b)

    class Pipe(io.RawIOBase):  # cannot seek: sizes come behind the data
        def __init__(self):
            self.b = io.BytesIO()

        def writable(self):
            return True

        def write(self, data):
            return self.b.write(data)

    def again(place, method=zipfile.ZIP_DEFLATED, stream=False, order=False):
        out = Pipe() if stream else io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as z:
            for name in sorted(src.namelist(), reverse=order):
                z.writestr(name, src.read(name))
        put("rezipped/%s.docx" % place.replace(" ", "-"), place, n, (out.b if stream else out).getvalue())
    again("sizes behind", stream=True)
    again("content types last", order=True)


def make():
    words()
    openpyxls()
    xlsxwriters()
    xlwts()
    rezipped()
    scripts()
