"""Odd files as people come to have them: exports of registers, files by other names,
broken and split archives, hiding places in office files, and files that nobody reads."""
import base64
import gzip
import io
import json
import os
import struct
import subprocess
import tarfile
import zipfile

from common import OUT, ROWS, TMP, number, read, run
from common import put as put_in

W0 = TMP

# What is told of a file beside its number, or instead.
GAPS = {
    "prefix.docx": "unknown-type",
    "vedhaeng.docx": "damaged",
    "prefix.zip": "unknown-type",
    "sfx.exe": "unknown-type",
    "s.7z.001": "damaged",
    "s.7z.002": "unknown-type",
    "sp.z01": "unknown-type",
    "sp.z02": "unknown-type",
    "sp.zip": "unknown-type",
    "t.iso": "unknown-type",
    "t.cab": "unknown-type",
    "t2.cab": "unknown-type",
    "t.arj": "unknown-type",
    "t.cpio": "unknown-type",
    "t.lz4": "unknown-type",
    "t.a": "unknown-type",
    "genvej.lnk": "unknown-type",
    "a.one": "unknown-type",
    "a.accdb": "unknown-type",
    "a.numbers": "unknown-type",
    "a.emlx": "damaged",
    "a.wpd": "unknown-type",
    "a.pst": "unknown-type",
    "a.kdbx": "unknown-type",
    "a.enc": "unknown-type",
    "a.heic": "damaged",
    "a.jp2": "unknown-type",
    "a.psd": "unknown-type",
    "a.mp4": "unknown-type",
    "a.wav": "unknown-type",
    "a.parquet": "unknown-type",
    "a.sav": "unknown-type",
    "hemmelig.xls": "encrypted",
    "hemmelig.doc": "encrypted",
    "hemmelig.ods": "encrypted",
    "hemmelig.xlsx": "encrypted",
    "hemmelig-std.xlsx": "encrypted",
}
READ_TOO = {"prefix.docx", "prefix.zip", "sfx.exe", "t.iso", "t.cab", "t.cpio", "t.lz4", "t.a", "genvej.lnk", "a.one", "a.accdb", "a.numbers", "a.emlx"}


def put(name, data, num, expect="found"):
    gap = "gap:" + GAPS[name] if name in GAPS else ""
    number_ = num if not gap or name in READ_TOO else ""
    put_in("odd/" + name, "odd" if number_ else "unread", (number_ + " " + gap).strip(), data)


def N():
    return number(zero=True)


def zz(members,method=zipfile.ZIP_DEFLATED,prefix=b''):
    b=io.BytesIO(); 
    with zipfile.ZipFile(b,'w',method) as z:
        for k,v in members.items(): z.writestr(k,v)
    return b.getvalue()
CT='<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
RELS='<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="%s"/></Relationships>'
W='xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
W='xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"'
def docx(body,extra={},rels=''):
    m={'[Content_Types].xml':CT,'_rels/.rels':RELS%'word/document.xml','word/document.xml':'<?xml version="1.0"?><w:document %s><w:body>%s</w:body></w:document>'%(W,body)}
    if rels: m['word/_rels/document.xml.rels']='<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'%rels
    m.update(extra); return zz(m)
def xlsx(sheet,extra={},wbextra='',rels=''):
    m={'[Content_Types].xml':CT,'_rels/.rels':RELS%'xl/workbook.xml','xl/workbook.xml':'<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Ark1" sheetId="1" r:id="rId1"/></sheets>%s</workbook>'%wbextra,
     'xl/_rels/workbook.xml.rels':'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>%s</Relationships>'%rels,
     'xl/worksheets/sheet1.xml':'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</worksheet>'%sheet}
    m.update(extra); return zz(m)
def p(t): return '<w:p><w:r><w:t>%s</w:t></w:r></w:p>'%t
# docx
n=N(); put('gdocs.docx',docx('<w:p w:rsidR="0"><w:pPr><w:rPr/></w:pPr><w:r w:rsidDel="0"><w:rPr><w:rtl w:val="0"/></w:rPr><w:t xml:space="preserve">Sag %s</w:t></w:r><w:r><w:rPr><w:rtl w:val="0"/></w:rPr><w:t xml:space="preserve">%s</w:t></w:r></w:p>'%(n[:5],n[5:])),n)

n=N(); put('strict2.docx',zz({'[Content_Types].xml':CT,'_rels/.rels':RELS.replace('http://schemas.openxmlformats.org/officeDocument/2006','http://purl.oclc.org/ooxml/officeDocument')%'word/document.xml','word/document.xml':'<?xml version="1.0"?><w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body>%s</w:body></w:document>'%p('Sag '+n)}),n)
n=N(); put('altchunk-html.docx',docx('<w:altChunk r:id="rId9"/>',{'word/afchunk.htm':'<html><body><p>CPR %s</p></body></html>'%n}),n)
n=N(); put('altchunk-mht.docx',docx('<w:altChunk r:id="rId9"/>',{'word/afchunk.mht':'MIME-Version: 1.0\r\nContent-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'+base64.b64encode(('<p>CPR %s</p>'%n).encode()).decode()+'\r\n'}),n)
n=N(); put('wordart.docx',docx('<w:p><w:r><w:pict><v:shape><v:textpath string="Sag %s"/></v:shape></w:pict></w:r></w:p>'%n),n)
n=N(); put('smartart.docx',docx(p('x'),{'word/diagrams/data1.xml':'<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><dgm:ptLst><dgm:pt><dgm:t><a:p><a:r><a:t>Barn %s</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>'%n}),n)
n=N(); put('ruby.docx',docx('<w:p><w:r><w:ruby><w:rt><w:r><w:t>cpr</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>%s</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>'%n),n)
n=N(); put('customxml.docx',docx(p('x'),{'customXml/item1.xml':'<root xmlns="urn:sag"><borger><cpr>%s</cpr></borger></root>'%n.replace('-','')}),n)
n=N(); put('docvars.docx',docx(p('x'),{'word/settings.xml':'<w:settings %s><w:docVars><w:docVar w:name="cpr" w:val="%s"/></w:docVars></w:settings>'%(W,n)}),n)
n=N(); put('mailmerge.docx',docx(p('x'),{'word/settings.xml':'<w:settings %s><w:mailMerge><w:query w:val="SELECT * FROM [Ark1$] WHERE cpr=\'%s\'"/></w:mailMerge></w:settings>'%(W,n)}),n)
n=N(); put('tabboxes.docx',docx('<w:tbl><w:tr>'+''.join('<w:tc>%s</w:tc>'%p(c) for c in n.replace('-',''))+'</w:tr></w:tbl>'),n)
n=N(); put('utf16.docx',zz({'[Content_Types].xml':CT,'_rels/.rels':RELS%'word/document.xml','word/document.xml':('<?xml version="1.0" encoding="UTF-16"?><w:document %s><w:body>%s</w:body></w:document>'%(W,p('Sag '+n))).encode('utf-16')}),n)
n=N(); put('backslash.docx',zz({'[Content_Types].xml':CT,'_rels\\.rels':RELS%'word/document.xml','word\\document.xml':'<w:document %s><w:body>%s</w:body></w:document>'%(W,p('Sag '+n))}),n)
n=N(); put('chart.docx',docx(p('x'),{'word/charts/chart1.xml':'<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart><c:plotArea><c:barChart><c:ser><c:cat><c:strRef><c:strCache><c:pt idx="0"><c:v>%s</c:v></c:pt></c:strCache></c:strRef></c:cat></c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>'%n}),n)
n=N(); put('prefix.docx',b'\x00\x00junk'*20+docx(p('Sag '+n)),n)
n=N(); put('vedhaeng.docx',docx(p('x'),{'word/embeddings/oleObject1.bin':b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'+b'\0'*600}),n,'gap')
# xlsx
def row(r,*cells): return '<row r="%d">%s</row>'%(r,''.join(cells))
def istr(ref,t): return '<c r="%s" t="inlineStr"><is><t>%s</t></is></c>'%(ref,t)
def num(ref,v,s=''): return '<c r="%s"%s><v>%s</v></c>'%(ref,s,v)
n=N(); d=n.replace('-','').lstrip('0')
put('inline-lostzero.xlsx',xlsx('<sheetData>%s%s</sheetData>'%(row(1,istr('A1','Navn'),istr('B1','Personnummer')),row(2,istr('A2','Test'),num('B2',d)))),n)
n=N(); d=n.replace('-','').lstrip('0')
put('titlerows-lostzero.xlsx',xlsx('<sheetData>%s%s%s%s</sheetData>'%(row(1,istr('A1','Udtræk fra fagsystem')),row(2,istr('A2','Dato'),istr('B2','20-11-2026')),row(4,istr('A4','Navn'),istr('B4','CPR')),row(5,istr('A5','Test'),num('B5',d)))),n)
n=N(); put('nocellrefs.xlsx',xlsx('<sheetData><row><c t="inlineStr"><is><t>CPR</t></is></c></row><row><c t="str"><v>%s</v></c></row></sheetData>'%n),n)
n=N(); put('sci.xlsx',xlsx('<sheetData>%s%s</sheetData>'%(row(1,istr('A1','CPR')),row(2,num('A2','%.9E'%float(n.replace('-','')))))),n)
n=N(); put('connections.xlsx',xlsx('<sheetData/>',{'xl/connections.xml':'<connections xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><connection id="1" name="q"><dbPr connection="Provider=x" command="SELECT * FROM borger WHERE cpr=\'%s\'"/></connection></connections>'%n.replace('-','')}),n)
n=N(); inner=zz({'Formulas/Section1.m':'section Section1; shared Q = Table.SelectRows(K, each [cpr] = "%s");'%n})
mash=struct.pack('<II',0,len(inner))+inner+b'\0'*16
put('powerquery.xlsx',xlsx('<sheetData/>',{'customXml/item1.xml':('<?xml version="1.0" encoding="utf-16"?><DataMashup xmlns="http://schemas.microsoft.com/DataMashup">%s</DataMashup>'%base64.b64encode(mash).decode()).encode('utf-16')}),n)
n=N(); put('extlink.xlsx',xlsx('<sheetData/>',{'xl/externalLinks/externalLink1.xml':'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><externalBook><sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1" t="str"><v>%s</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>'%n}),n)
n=N(); d=n.replace('-','').lstrip('0'); put('pivot.xlsx',xlsx('<sheetData/>',{'xl/pivotCache/pivotCacheDefinition1.xml':'<pivotCacheDefinition xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cacheFields><cacheField name="CPR"><sharedItems containsNumber="1"><n v="%s"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>'%d,'xl/pivotCache/pivotCacheRecords1.xml':'<pivotCacheRecords xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><r><x v="0"/></r></pivotCacheRecords>'}),n)
n=N(); put('slicer.xlsx',xlsx('<sheetData/>',{'xl/slicerCaches/slicerCache1.xml':'<slicerCacheDefinition xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" name="S"><data><tabular><items><i x="0" n="%s"/></items></tabular></data></slicerCacheDefinition>'%n}),n)
n=N(); put('scenario.xlsx',xlsx('<sheetData/><scenarios><scenario name="Borger" comment="Vedr. %s"><inputCells r="A1" val="3"/></scenario></scenarios>'%n),n)
n=N(); put('threaded.xlsx',xlsx('<sheetData/>',{'xl/threadedComments/threadedComment1.xml':'<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><threadedComment ref="A1"><text>Er det %s</text></threadedComment></ThreadedComments>'%n}),n)
n=N(); put('webext.xlsx',xlsx('<sheetData/>',{'xl/webextensions/webextension1.xml':'<we:webextension xmlns:we="x"><we:properties><we:property name="d" value="%s"/></we:properties></we:webextension>'%n}),n)
n=N(); put('date-serial.xlsx',xlsx('<sheetData>%s%s</sheetData>'%(row(1,istr('A1','Født'),istr('B1','Navn'),istr('C1','Sidste fire')),row(2,istr('A2','%s-%s-20%s'%(n[:2],n[2:4],n[4:6])),istr('B2','Test'),num('C2',n[7:])))),n)
n=N(); d=n.replace('-','').lstrip('0'); put('vertical.xlsx',xlsx('<sheetData>%s%s</sheetData>'%(row(1,istr('A1','Navn'),istr('B1','Test')),row(2,istr('A2','CPR-nr.'),num('B2',d)))),n)
n=N(); put('html-as.xls','<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td>Navn<td>CPR<tr><td>Test<td x:num="%s">%s</table>'%(n.replace('-',''),n),n)
n=N(); d=n.replace('-','').lstrip('0'); put('html-lostzero.xls','<html><table><tr><td>Navn</td><td>CPR</td></tr><tr><td>Test</td><td>%s</td></tr></table>'%d,n)
n=N(); put('csv-as.xls','Navn;CPR\r\nTest;%s\r\n'%n,n)
n=N(); put('mht-as.doc','MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset="us-ascii"\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: file:///C:/x.htm\r\n\r\n<html xmlns:w=3D"urn:schemas-microsoft-com:office:word"><body>Sag %s=\r\n%s</body></html>\r\n--b--\r\n'%(n[:4],n[4:]),n)
n=N(); put('rtf-as.doc',r'{\rtf1\ansi\ansicpg1252 Sag \b %s\b0 %s\par}'%(n[:3],n[3:]),n)
n=N(); put('unicode.rtf',r'{\rtf1\ansi Sag '+''.join(r'\u%d?'%ord(c) for c in n)+r'\par}',n)
# csv
n=N(); d=n.replace('-','').lstrip('0')
put('titel.csv','Udtræk;;\r\nDato;20-11-2026;\r\n\r\nNavn;CPR-nr.;By\r\nTest Person;%s;Aarhus\r\nTest To;;By\r\n'%d,n)
n=N(); d=n.replace('-','').lstrip('0'); put('tab.txt','Navn\tCPR\tBy\r\nTest Person\t%s\tAarhus\r\nTest\t\tBy\r\n'%d,n)
n=N(); d=n.replace('-','').lstrip('0'); put('excel-unicode.txt',('Navn\tCPR\tBy\r\nTest Person\t%s\tAarhus\r\nTest\t\tBy\r\n'%d).encode('utf-16'),n)
n=N(); put('adskilt.txt','Navn;Fødselsdato;Løbenr\nTest;%s;%s\nTest2;;\n'%(n[:6],n[7:]),n)
n=N(); put('kolon.csv','Navn,Født,Kontrol\nTest,%s-%s-20%s,%s\n'%(n[:2],n[2:4],n[4:6],n[7:]),n)
n=N(); put('uden-hoved.csv','Test;%s;x\nTest;;y\n'%n.replace('-',''),n)
n=N(); put('pipe.dat','NAVN|CPR|BY\nTest|%s|x\n'%n.replace('-',''),n)
n=N(); put('ebcdic.dat',('NAVN      CPR         BY      '+' '*20+'TESTPERSON EKSEMPEL '+n+'  EKSEMPELBY   ').encode('cp037'),n)
n=N(); put('nul.txt','Sag vedr.\0 %s og mere tekst her'%n,n)
n=N(); put('nul2.txt',('Kære Test\0\0\0\0 dit nummer er %s'%n),n)
n=N(); put('ctrl.txt','\x02HOVED\x1fSag\x1e%s\x03'%n,n)
n=N(); put('hl7.txt','MSH|^~\\&|A|B\rPID|1||%s^^^CPR||Test\r'%n.replace('-',''),n)
n=N(); put('edifact.edi',"UNB+UNOC:3+1+2'UNH+1+MEDREF'PNA+PAT+%s:CPR:SST+++SU:Test'"%n.replace('-',''),n)
# ics/vcf
n=N(); put('attach.ics','BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Møde\r\nATTACH;ENCODING=BASE64;VALUE=BINARY;FMTTYPE=text/plain:'+base64.b64encode(('Sag '+n).encode()).decode()+'\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',n)
n=N(); put('attach-docx.ics','BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Møde\r\nATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=brev.docx:'+'\r\n '.join([base64.b64encode(docx(p('Sag '+n))).decode()[i:i+70] for i in range(0,4000,70)])+'\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',n)
n=N(); put('altdesc.ics','BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Møde\r\nX-ALT-DESC;FMTTYPE=text/html:<html><body>CPR <b>%s</b>%s</body></html>\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'%(n[:6],n[6:]),n)
# containers
n=N(); put('m.eml.gz',gzip.compress(('From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\nCPR %s\r\n'%n).encode()),n)
n=N(); put('zip-as.txt',zz({'a.txt':'CPR '+n}),n)
n=N(); put('zip-as.jpg',zz({'a.txt':'CPR '+n}),n)
n=N(); put('docx-as.zip',docx(p('Sag '+n)),n)
n=N(); put('docx-as.docx.pdf',docx(p('Sag '+n)),n)
n=N(); b=zz({'a.txt':'CPR '+n}); put('prefix.zip',b'MZ'+b'\x90\x00'*300+b,n)
n=N(); put('sfx.exe',b'MZ\x90\0'+os.urandom(3000)+zz({'a.txt':'CPR '+n}),n,'found+gap')
class Z(io.RawIOBase):
    def __init__(s): s.b=io.BytesIO()
    def writable(s): return True
    def write(s,d): return s.b.write(d)
n=N(); z=Z(); zf=zipfile.ZipFile(z,'w',zipfile.ZIP_DEFLATED); f=zf.open('a.txt','w',force_zip64=True); f.write(('CPR '+n).encode()); f.close(); zf.close(); put('zip64.zip',z.b.getvalue(),n)
n=N(); b=bytearray(zz({'Afg\u00f8relse \u00e6\u00e5 x.txt':'Se '})); 
b=zz({'Afgxrelse '+n+'.txt':'Se'}).replace(b'Afgxrelse',b'Afg\x9brelse'); put('cp850navn.zip',b,n)
n=N(); b=zz({'Afgxrelse '+n+'.txt':'Se'}).replace(b'Afgxrelse',b'Afg\xf8relse'); put('cp1252navn.zip',b,n)
n=N(); open(W0 + '/a.txt', 'w').write('CPR %s\n'%n+os.urandom(6000).hex())
os.system('cd %s; rm -f s.7z* s.z* ; 7z a -v2k s.7z a.txt >/dev/null; zip -q -s 64k s.zip a.txt; head -c 300000 /dev/urandom > r.bin; zip -q -s 64k sp.zip r.bin a.txt' % W0)
for f in ('s.7z.001','s.7z.002'): put(f,open(os.path.join(W0, f),'rb').read(),n,'gap')
for f in ('sp.z01','sp.z02','sp.zip'): put(f,open(os.path.join(W0, f),'rb').read(),n,'gap')
n=N(); open(W0 + '/b.txt', 'w').write('CPR %s\n'%n*3)
os.system('cd %s; rm -rf isod *.iso *.cab *.arj; mkdir isod; cp b.txt isod/; genisoimage -quiet -J -r -o t.iso isod; gcab -c t.cab b.txt >/dev/null 2>&1; gcab -c -z t2.cab b.txt >/dev/null 2>&1; arj a t.arj b.txt >/dev/null 2>&1; echo b.txt | cpio -o -H newc > t.cpio 2>/dev/null; lz4 -q -f b.txt t.lz4; ar r t.a b.txt 2>/dev/null; compress -c b.txt > t.Z 2>/dev/null' % W0)
for f in ('t.iso','t.cab','t2.cab','t.arj','t.cpio','t.lz4','t.a'):
    if os.path.exists(os.path.join(W0, f)) and os.path.getsize(os.path.join(W0, f)): put(f,open(os.path.join(W0, f),'rb').read(),n,'gap')
n=N(); put('genvej.lnk',bytes.fromhex('4c0000000114020000000000c000000000000046')+b'\0'*60+('C:\\Sager\\Brev %s.docx'%n).encode('utf-16-le'),n,'gap')
n=N(); put('a.one',bytes.fromhex('e4525c7b8cd8a74daeb15378d02996d3')+os.urandom(800)+('CPR %s'%n).encode('utf-16-le')+b'\0\0',n,'gap')
n=N(); put('a.accdb',b'\0\1\0\0Standard ACE DB\0'+b'\0'*3000+b'\xff\xfe'+('CPR %s'%n).encode()+b'\0\0',n,'gap')
n=N(); put('a.numbers',zz({'Index/Tables/DataList.iwa':b'\0\x20\0\0'+os.urandom(40)+n.encode(),'Index/Document.iwa':os.urandom(300)}),n,'gap')
n=N(); put('a.epub',zz({'mimetype':'application/epub+zip','META-INF/container.xml':'<container/>','OEBPS/a.xhtml':'<html xmlns="http://www.w3.org/1999/xhtml"><body><p>CPR %s</p></body></html>'%n}),n)
n=N(); put('a.xps',zz({'[Content_Types].xml':CT,'_rels/.rels':RELS%'Documents/1/Pages/1.fpage','Documents/1/Pages/1.fpage':'<FixedPage xmlns="http://schemas.microsoft.com/xps/2005/06"><Glyphs UnicodeString="CPR %s" OriginX="1"/></FixedPage>'%n}),n)
n=N(); put('a.vsdx',zz({'[Content_Types].xml':CT,'_rels/.rels':RELS%'visio/document.xml','visio/pages/page1.xml':'<PageContents xmlns="http://schemas.microsoft.com/office/visio/2012/main"><Shapes><Shape ID="1"><Text><cp IX="0"/>%s<cp IX="1"/>%s</Text></Shape></Shapes></PageContents>'%(n[:4],n[4:])}),n)
n=N(); put('a.fdf',b'%%FDF-1.2\n1 0 obj<</FDF<</Fields[<</T(cpr)/V(%s)>>]>>>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF'%n.encode(),n)
n=N(); put('a.xfdf','<?xml version="1.0"?><xfdf xmlns="http://ns.adobe.com/xfdf/"><fields><field name="cpr"><value>%s</value></field></fields></xfdf>'%n,n)
n=N(); put('a.emlx','%d\nFrom: a@b.example\nTo: c@d.example\nSubject: =?utf-8?q?x?=\nContent-Transfer-Encoding: base64\nContent-Type: text/plain\n\n%s\n<?xml version="1.0"?><plist/>'%(150,base64.b64encode(('CPR '+n).encode()).decode()),n)
n=N(); put('a.url','[InternetShortcut]\r\nURL=https://sag.example/?cpr=%s\r\n'%n,n)
n=N(); put('a.webloc','<?xml version="1.0"?><plist><dict><key>URL</key><string>https://sag.example/?cpr=%s</string></dict></plist>'%n,n)
n=N(); put('a.odb',zz({'mimetype':'application/vnd.oasis.opendocument.base','content.xml':'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>','database/script':"INSERT INTO B VALUES('Test','%s')"%n,'META-INF/manifest.xml':'<manifest/>'}),n)
n=N(); put('a.wpd',b'\xffWPC'+os.urandom(300),n,'gap')
n=N(); put('a.pst',b'!BDN'+os.urandom(3000),n,'gap')
n=N(); put('a.kdbx',bytes.fromhex('03d9a29a67fb4bb5')+os.urandom(900),n,'gap')
n=N(); put('a.enc',subprocess.run(['openssl','enc','-aes-256-cbc','-pbkdf2','-k','x','-in',W0 + '/b.txt'],capture_output=True).stdout,n,'gap')
n=N(); put('a.heic',b'\0\0\0\x18ftypheic\0\0\0\0mif1heic'+os.urandom(900),n,'gap')
n=N(); put('a.jp2',b'\0\0\0\x0cjP  \r\n\x87\n'+os.urandom(900),n,'gap')
n=N(); put('a.psd',b'8BPS\0\1'+os.urandom(900),n,'gap')
n=N(); put('a.mp4',b'\0\0\0\x18ftypmp42'+os.urandom(900),n,'gap')
n=N(); put('a.wav',b'RIFF\x24\x08\0\0WAVEfmt '+os.urandom(900),n,'gap')
n=N(); put('a.parquet',b'PAR1'+os.urandom(200)+b'PAR1',n,'gap')
n=N(); put('a.sav',b'$FL2@(#) SPSS DATA FILE'+os.urandom(300),n,'gap')
n=N(); put('a.rds',gzip.compress(b'X\n\0\0\0\2'+os.urandom(50)+b'\0\0\0\x0b'+n.encode()),n,'any')
n=N(); put('srcdoc.html','<iframe srcdoc="&lt;p&gt;CPR %s&lt;/p&gt;"></iframe>'%n,n)
n=N(); put('template.html','<template><p>CPR %s</p></template><noscript>x</noscript>'%n,n)
n=N(); put('json-lost.json',json.dumps({'borgere':[{'navn':'x','cpr':int(n.replace('-',''))}]}),n)
n=N(); put('json-split.json',json.dumps({'foedselsdato':n[:6],'loebenr':n[7:]}),n,'maybe')
n=N(); put('xml-lost.xml','<?xml version="1.0"?><b><cpr>%s</cpr></b>'%n.replace('-','').lstrip('0'),n)
n=N(); put('Brev_%s_final.txt'%n.replace('-',''),'Se bilag',n)
n=N(); put('Brev%%20%s.txt'%n,'Se bilag',n)

t=io.BytesIO(); tf=tarfile.open(fileobj=t,mode='w',format=tarfile.PAX_FORMAT); ti=tarfile.TarInfo('a.txt'); d=b'Se'; ti.size=len(d); ti.pax_headers={'comment':'CPR '+n}; tf.addfile(ti,io.BytesIO(d)); tf.close(); put('pax.tar',t.getvalue(),n,'maybe')
n=N(); t=io.BytesIO(); tf=tarfile.open(fileobj=t,mode='w'); ti=tarfile.TarInfo('a.txt'); ti.type=tarfile.SYMTYPE; ti.linkname='../sager/%s.docx'%n; tf.addfile(ti); tf.close(); put('symlink.tar',t.getvalue(),n)
n=N(); put('to.gz',gzip.compress(b'Hej\n')+gzip.compress(('CPR %s\n'%n).encode()),n)
n=N(); g=io.BytesIO(); gf=gzip.GzipFile('Brev %s.txt'%n,'wb',fileobj=g); gf.write(b'x'); gf.close(); put('navn.gz',g.getvalue(),n)
n=N(); put('ppt-tags.pptx',zz({'[Content_Types].xml':CT,'_rels/.rels':RELS%'ppt/presentation.xml','ppt/presentation.xml':'<p:presentation xmlns:p="x"/>','ppt/tags/tag1.xml':'<p:tagLst xmlns:p="x"><p:tag name="SAG" val="%s"/></p:tagLst>'%n}),n)
n=N(); put('ppt-modern.pptx',zz({'[Content_Types].xml':CT,'_rels/.rels':RELS%'ppt/presentation.xml','ppt/presentation.xml':'<p:presentation xmlns:p="x"/>','ppt/comments/modernComment_1.xml':'<p188:cmLst xmlns:p188="x" xmlns:a="y"><p188:cm><p188:txBody><a:p><a:r><a:t>Er det %s</a:t></a:r></a:p></p188:txBody></p188:cm></p188:cmLst>'%n}),n)

def encrypted():
    """With the password that Excel has for everybody, and with others: by the npm
    package officecrypto-tool, and xls by LibreOffice through its API (by hand)."""
    script = """const fs=require('fs'),o=require('officecrypto-tool');const [src,dst,password,type]=process.argv.slice(1);
fs.writeFileSync(dst,o.encrypt(fs.readFileSync(src),type?{password,type}:{password}))"""
    src = os.path.join(OUT, "exceljs/cell.xlsx")
    num = [r[2] for r in ROWS if r[0] == "exceljs/cell.xlsx"][0]
    for name, password, kind in (("velvet-agile.xlsx", "VelvetSweatshop", ""), ("velvet-std.xlsx", "VelvetSweatshop", "standard"), ("hemmelig.xlsx", "hemmelig", ""), ("hemmelig-std.xlsx", "hemmelig", "standard")):
        run("node", "-e", script, src, TMP + "/" + name, password, kind)
        put(name, read(TMP + "/" + name), num)
