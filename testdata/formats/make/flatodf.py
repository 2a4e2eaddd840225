"""Letters, lists and slides as flat OpenDocument, one number in one place, and what
LibreOffice makes of them in every format that it writes."""
import os

from common import holds, number, put, put_file, soffice, tmp, write_tmp

NS = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
      'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
      'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
      'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
      'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
      'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" '
      'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" '
      'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0" '
      'xmlns:form="urn:oasis:names:tc:opendocument:xmlns:form:1.0"')


def document(kind, body, meta="", auto="", master="", styles=""):
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<office:document %s office:version="1.2" '
            'office:mimetype="application/vnd.oasis.opendocument.%s"><office:meta>%s</office:meta>'
            '<office:styles>%s</office:styles><office:automatic-styles>%s</office:automatic-styles>'
            '<office:master-styles>%s</office:master-styles><office:body>%s</office:body></office:document>'
            % (NS, kind, meta, styles, auto, master, body))


INTRO = "<text:p>Kære Testperson Eksempel</text:p><text:p>Vi har modtaget din ansøgning af 3. marts og vender tilbage.</text:p>"
PAGE = '<style:page-layout style:name="pm"><style:header-style/><style:footer-style/></style:page-layout>'
CHANGE = ('<text:tracked-changes>%s</text:tracked-changes>')
INFO = "<office:change-info><dc:creator>Sagsbehandler</dc:creator><dc:date>2026-11-20T10:00:00</dc:date></office:change-info>"


def letter(inner, **kw):
    return document("text", "<office:text>%s</office:text>" % inner, **kw)


def master_page(part, text):
    return ('<style:master-page style:name="Standard" style:page-layout-name="pm"><style:%s><text:p>%s</text:p></style:%s></style:master-page>'
            % (part, text, part))


def texts(n):
    """place → flat letter"""
    row = '<table:table-row><table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell></table:table-row>'
    return {
        "body": letter(INTRO + "<text:p>Sagen vedrører %s.</text:p>" % n),
        "split-runs": letter(INTRO + '<text:p>Sagen vedrører %s<text:span text:style-name="B">%s</text:span>%s i dag.</text:p>' % (n[:4], n[4:8], n[8:]),
                             auto='<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'),
        "table": letter(INTRO + '<table:table table:name="T"><table:table-column table:number-columns-repeated="2"/>' + row % ("Navn", "CPR-nr.") + row % ("Testperson Eksempel", n) + "</table:table>"),
        "list": letter(INTRO + "<text:list><text:list-item><text:p>Bilag 1</text:p></text:list-item><text:list-item><text:p>Barnet %s</text:p></text:list-item></text:list>" % n),
        "page header": letter(INTRO, auto=PAGE, master=master_page("header", "CPR " + n)),
        "page footer": letter(INTRO, auto=PAGE, master=master_page("footer", "Sag om " + n)),
        "footnote": letter('<text:p>Se note<text:note text:id="f1" text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>Modtager %s</text:p></text:note-body></text:note>.</text:p>' % n),
        "endnote": letter('<text:p>Se note<text:note text:id="f1" text:note-class="endnote"><text:note-citation>i</text:note-citation><text:note-body><text:p>Modtager %s</text:p></text:note-body></text:note>.</text:p>' % n),
        "comment": letter("<text:p>Afgørelse<office:annotation><dc:creator>Sagsbehandler</dc:creator><dc:date>2026-11-20T10:00:00</dc:date><text:p>Er det %s?</text:p></office:annotation> følger.</text:p>" % n),
        "inserted": letter(CHANGE % ('<text:changed-region xml:id="c1" text:id="c1"><text:insertion>%s</text:insertion></text:changed-region>' % INFO)
                           + '<text:p>Sagen vedrører <text:change-start text:change-id="c1"/>%s<text:change-end text:change-id="c1"/> i dag.</text:p>' % n),
        "deleted": letter(CHANGE % ('<text:changed-region xml:id="c1" text:id="c1"><text:deletion>%s<text:p>%s</text:p></text:deletion></text:changed-region>' % (INFO, n))
                          + '<text:p>Sagen vedrører <text:change text:change-id="c1"/>i dag.</text:p>'),
        "hidden text": letter(INTRO + '<text:p>Sagen <text:span text:style-name="H">vedrører %s</text:span> lukkes.</text:p>' % n,
                              auto='<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'),
        "white text": letter(INTRO + '<text:p>Sagen <text:span text:style-name="H">vedrører %s</text:span> lukkes.</text:p>' % n,
                             auto='<style:style style:name="H" style:family="text"><style:text-properties fo:color="#ffffff" fo:font-size="1pt"/></style:style>'),
        "hidden section": letter(INTRO + '<text:section text:name="S" text:display="none"><text:p>Internt: %s</text:p></text:section>' % n),
        "text box": letter('<text:p><draw:frame draw:name="F" text:anchor-type="paragraph" svg:width="6cm" svg:height="2cm"><draw:text-box><text:p>Modtager: %s</text:p></draw:text-box></draw:frame>Brev</text:p>' % n),
        "shape": letter('<text:p><draw:custom-shape text:anchor-type="paragraph" svg:width="6cm" svg:height="2cm" svg:x="1cm" svg:y="1cm"><text:p>Modtager: %s</text:p><draw:enhanced-geometry draw:type="rectangle" svg:viewBox="0 0 21600 21600" draw:enhanced-path="M 0 0 L 21600 0 21600 21600 0 21600 0 0 Z N"/></draw:custom-shape>Brev</text:p>' % n),
        "alt text": letter('<text:p><draw:frame draw:name="Billede" text:anchor-type="paragraph" svg:width="6cm" svg:height="2cm"><draw:text-box><text:p>x</text:p></draw:text-box><svg:title>CPR-kort</svg:title><svg:desc>Sundhedskort %s</svg:desc></draw:frame>Brev</text:p>' % n),
        "link address": letter(INTRO + '<text:p><text:a xlink:type="simple" xlink:href="https://sag.example/borger?cpr=%s">Sagen</text:a></text:p>' % n),
        "title": letter(INTRO, meta="<dc:title>Afgørelse til %s</dc:title>" % n),
        "subject": letter(INTRO, meta="<dc:subject>Vedr. %s</dc:subject>" % n),
        "keywords": letter(INTRO, meta="<meta:keyword>%s</meta:keyword>" % n),
        "custom property": letter(INTRO, meta='<meta:user-defined meta:name="CPR" meta:value-type="string">%s</meta:user-defined>' % n),
        "field": letter('<text:variable-decls><text:variable-decl office:value-type="string" text:name="cpr"/></text:variable-decls><text:p>Nummer <text:variable-set text:name="cpr" office:value-type="string">%s</text:variable-set></text:p>' % n),
        "bookmark": letter(INTRO + '<text:p>Se <text:bookmark text:name="CPR_%s"/>her.</text:p>' % n),
        "sender in a form": letter("<text:p>CPR: <text:tab/>%s</text:p>" % n),
    }


def sheet(rows, name="Ark1", attrs="", cols="", after=""):
    return '<table:table table:name="%s" %s>%s%s%s</table:table>' % (name, attrs, cols, "".join(rows), after)


def cell(text, extra=""):
    return '<table:table-cell office:value-type="string" %s><text:p>%s</text:p></table:table-cell>' % (extra, text)


def tr(*cells, attrs=""):
    return "<table:table-row %s>%s</table:table-row>" % (attrs, "".join(c if c.startswith("<") else cell(c) for c in cells))


HEAD = tr("Navn", "CPR-nr.", "By")
OTHER = tr("Beløb", "Antal")


def book(*sheets, before="", after="", **kw):
    return document("spreadsheet", "<office:spreadsheet>%s%s%s</office:spreadsheet>" % (before, "".join(sheets), after), **kw)


def value(n, style="", shown=""):
    digits = n.replace("-", "").lstrip("0")
    return '<table:table-cell office:value-type="float" office:value="%s" %s><text:p>%s</text:p></table:table-cell>' % (digits, style, shown or digits)


def sheets(n):
    line = tr("Testperson Eksempel", n, "Eksempelby")
    calc_page = '<style:page-layout style:name="pm"><style:header-style/><style:footer-style/></style:page-layout>'

    def mp(part, text):
        return '<style:master-page style:name="Default" style:page-layout-name="pm"><style:%s><text:p>%s</text:p></style:%s></style:master-page>' % (part, text, part)
    plain = sheet([OTHER, tr("12,50", "4")])
    mask = ('<number:number-style style:name="N1"><number:number number:decimal-places="0" number:min-integer-digits="10">'
            '<number:embedded-text number:position="4">-</number:embedded-text></number:number></number:number-style>'
            '<style:style style:name="C1" style:family="table-cell" style:data-style-name="N1"/>')
    hide = '<style:style style:name="TH" style:family="table"><style:table-properties table:display="false"/></style:style>'
    return {
        "cell": book(sheet([HEAD, line])),
        "number cell": book(sheet([HEAD, tr("Testperson Eksempel", value(n), "Eksempelby")])),
        "masked number": book(sheet([tr("Navn", "Nr"), tr("Testperson Eksempel", value(n, 'table:style-name="C1"', n))]), auto=mask),
        "formula result": book(sheet([OTHER, tr('<table:table-cell table:formula="of:=&quot;%s&quot;&amp;&quot;%s&quot;" office:value-type="string"><text:p>%s</text:p></table:table-cell>' % (n[:6], n[6:], n))])),
        "formula text": book(sheet([OTHER, tr('<table:table-cell table:formula="of:=IF([.A1]=&quot;%s&quot;;1;0)" office:value-type="float" office:value="0"><text:p>0</text:p></table:table-cell>' % n)])),
        "cell comment": book(sheet([OTHER, tr('<table:table-cell office:value-type="string"><office:annotation><dc:creator>Sagsbehandler</dc:creator><text:p>Vedr. %s</text:p></office:annotation><text:p>12</text:p></table:table-cell>' % n)])),
        "hidden row": book(sheet([HEAD, tr("Testperson Eksempel", n, "Eksempelby", attrs='table:visibility="collapse"')])),
        "filtered row": book(sheet([HEAD, tr("Testperson Eksempel", n, "Eksempelby", attrs='table:visibility="filter"')])),
        "hidden column": book(sheet([HEAD, line], cols='<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>')),
        "hidden sheet": book(plain, sheet([HEAD, line], name="Data", attrs='table:style-name="TH"'), auto=hide),
        "sheet name": book(sheet([OTHER], name=n)),
        "page header": book(plain, auto=calc_page, master=mp("header", "CPR " + n)),
        "page footer": book(plain, auto=calc_page, master=mp("footer", "Vedr. " + n)),
        "defined name": book(plain, after='<table:named-expressions><table:named-expression table:name="borger" table:base-cell-address="$Ark1.$A$1" table:expression="&quot;%s&quot;"/></table:named-expressions>' % n),
        "validation list": book(sheet([OTHER, tr('<table:table-cell table:content-validation-name="v1"/>')]), before='<table:content-validations><table:content-validation table:name="v1" table:condition="of:cell-content-is-in-list(&quot;Ukendt&quot;;&quot;%s&quot;)" table:allow-empty-cell="true" table:base-cell-address="Ark1.A2"/></table:content-validations>' % n),
        "validation help": book(sheet([OTHER, tr('<table:table-cell table:content-validation-name="v1"/>')]), before='<table:content-validations><table:content-validation table:name="v1" table:condition="of:cell-content-text-length-is-between(1,20)" table:allow-empty-cell="true" table:base-cell-address="Ark1.A2"><table:help-message table:title="CPR" table:display="true"><text:p>Skriv %s</text:p></table:help-message></table:content-validation></table:content-validations>' % n),
        "text box": book(sheet([OTHER, tr('<table:table-cell><draw:frame svg:width="6cm" svg:height="2cm" svg:x="1cm" svg:y="1cm"><draw:text-box><text:p>Modtager: %s</text:p></draw:text-box></draw:frame></table:table-cell>' % n)])),
        "link address": book(sheet([OTHER, tr(cell('<text:a xlink:href="https://sag.example/?cpr=%s">Sagen</text:a>' % n))])),
        "title": book(plain, meta="<dc:title>Liste over %s</dc:title>" % n),
        "custom property": book(plain, meta='<meta:user-defined meta:name="CPR" meta:value-type="string">%s</meta:user-defined>' % n),
        "split cell": book(sheet([HEAD, tr("Testperson Eksempel", cell('%s<text:span text:style-name="B">%s</text:span>' % (n[:5], n[5:])), "x")], ), auto='<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'),
        "far cell": book(sheet([OTHER] + ['<table:table-row table:number-rows-repeated="900"><table:table-cell/></table:table-row>'] + [tr('<table:table-cell table:number-columns-repeated="40"/>', n)])),
        "two columns": book(sheet([tr("Navn", "Fødselsdato", "Løbenr."), tr("Testperson Eksempel", n[:6], n[7:])])),
        "digit boxes": book(sheet([tr("CPR-nr.")] + [tr(*[c for c in n.replace("-", "")])])),
    }


def frame(text, y=2, extra=""):
    return '<draw:frame svg:width="20cm" svg:height="3cm" svg:x="2cm" svg:y="%dcm" %s><draw:text-box><text:p>%s</text:p></draw:text-box></draw:frame>' % (y, extra, text)


def slide(inner, name="side1", attrs=""):
    return '<draw:page draw:name="%s" draw:master-page-name="M" %s>%s</draw:page>' % (name, attrs, inner)


MASTER = '<style:master-page style:name="M" style:page-layout-name="pm">%s</style:master-page>'
SLIDE_AUTO = '<style:page-layout style:name="pm"><style:page-layout-properties fo:page-width="28cm" fo:page-height="21cm"/></style:page-layout><style:style style:name="HS" style:family="drawing-page"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>'


def show(*pages, master="", **kw):
    return document("presentation", "<office:presentation>%s</office:presentation>" % "".join(pages), auto=SLIDE_AUTO, master=MASTER % master, **kw)


def slides(n):
    first = slide(frame("Status på sagerne"))
    t = '<draw:frame svg:width="20cm" svg:height="5cm" svg:x="2cm" svg:y="8cm"><table:table><table:table-column/><table:table-column/>%s%s</table:table></draw:frame>' % (tr("Navn", "CPR"), tr("Testperson Eksempel", n))
    return {
        "slide text": show(first, slide(frame("Sagen om %s" % n), "side2")),
        "table": show(first, slide(t, "side2")),
        "notes": show(slide(frame("Status") + '<presentation:notes><draw:frame presentation:class="notes" svg:width="15cm" svg:height="10cm" svg:x="2cm" svg:y="12cm"><draw:text-box><text:p>Husk at nævne %s</text:p></draw:text-box></draw:frame></presentation:notes>' % n)),
        "comment": show(slide('<office:annotation svg:x="1cm" svg:y="1cm"><dc:creator>Sagsbehandler</dc:creator><dc:date>2026-11-20T10:00:00</dc:date><text:p>Er det %s?</text:p></office:annotation>' % n + frame("Status"))),
        "hidden slide": show(first, slide(frame("Reserve: %s" % n), "side2", 'draw:style-name="HS"')),
        "off the slide": show(slide(frame("Status") + frame("Vedr. %s" % n, 60))),
        "master": show(first, master=frame("Skabelon fra %s" % n, 15)),
        "alt text": show(slide('<draw:rect svg:width="5cm" svg:height="5cm" svg:x="1cm" svg:y="1cm"><svg:title>Kort</svg:title><svg:desc>Sundhedskort %s</svg:desc></draw:rect>' % n)),
        "title": show(first, meta="<dc:title>Møde om %s</dc:title>" % n),
        "link address": show(slide('<draw:a xlink:href="https://sag.example/?cpr=%s" xlink:type="simple">%s</draw:a>' % (n, frame("Klik")))),
    }


KINDS = [
    (texts, "fodt", [("odt", ""), ("docx", "MS Word 2007 XML"), ("doc", "MS Word 97"), ("rtf", "Rich Text Format")]),
    (sheets, "fods", [("ods", ""), ("xlsx", "Calc MS Excel 2007 XML"), ("xls", "MS Excel 97")]),
    (slides, "fodp", [("odp", ""), ("pptx", "Impress MS PowerPoint 2007 XML"), ("ppt", "MS PowerPoint 97")]),
]
VARIANTS = [  # templates, macro variants and older XML of the first places
    (texts, "body", "fodt", [("ott", ""), ("dotx", "MS Word 2007 XML Template"), ("docm", "MS Word 2007 XML VBA"), ("dot", "MS Word 97 Vorlage"), ("xml", "MS Word 2003 XML"), ("pdf", "writer_pdf_Export"), ("html", "HTML (StarWriter)"), ("txt", "Text (encoded):UTF8"), ("epub", "EPUB"), ("xhtml", "XHTML Writer File")]),
    (sheets, "cell", "fods", [("ots", ""), ("xltx", "Calc MS Excel 2007 XML Template"), ("xlsm", "Calc MS Excel 2007 VBA XML"), ("xlt", "MS Excel 97 Vorlage/Template"), ("xml", "MS Excel 2003 XML"), ("pdf", "calc_pdf_Export"), ("csv", "Text - txt - csv (StarCalc):59,34,76"), ("html", "HTML (StarCalc)"), ("dif", "DIF"), ("slk", "SYLK"), ("dbf", "dBase")]),
    (slides, "slide text", "fodp", [("otp", ""), ("potx", "Impress MS PowerPoint 2007 XML Template"), ("ppsx", "Impress MS PowerPoint 2007 XML AutoPlay"), ("pptm", "Impress MS PowerPoint 2007 XML VBA"), ("pot", "MS PowerPoint 97 Vorlage"), ("pps", "MS PowerPoint 97 AutoPlay"), ("pdf", "impress_pdf_Export"), ("html", "impress_html_Export"), ("svg", "impress_svg_Export")]),
]


def make():
    dropped = []
    for build, flat, formats in KINDS:
        names = {}
        for place in build("x" * 11):
            num = number(zero=True)
            stem = place.replace(" ", "-")
            source = write_tmp("flat/%s/%s.%s" % (flat, stem, flat), build(num)[place])
            names[source] = (place, stem, num)
            put_file("%s/%s.%s" % (flat, stem, flat), place, num, source)
        for ext, filter_ in formats:
            soffice(ext, filter_, list(names), tmp("out", ext))
            for place, stem, num in names.values():
                made = tmp("out", ext, stem + "." + ext)
                if not os.path.exists(made) or not holds(made, num):
                    dropped.append("%s: %s" % (ext, place))
                    continue
                put_file("%s/%s.%s" % (ext, stem, ext), place, num, made)
    for build, place, flat, formats in VARIANTS:
        for ext, filter_ in formats:
            num = number(zero=True)
            stem = "brev" if flat == "fodt" else "liste" if flat == "fods" else "vis"
            source = write_tmp("var/%s.%s" % (stem, flat), build(num)[place])
            out = tmp("var", "out")
            made = os.path.join(out, stem + "." + ext)
            soffice(ext, filter_, [source], out)
            if os.path.exists(made) and (ext == "pdf" or holds(made, num)):
                put_file("variants/%s-%s.%s" % (stem, ext, ext), place, num, made)
            else:
                dropped.append("variant %s" % ext)
    print("LibreOffice did not keep:", ", ".join(dropped))


if __name__ == "__main__":
    make()
