// Office files and PDF by JavaScript libraries: docx, exceljs, xlsx (SheetJS),
// pptxgenjs, pdf-lib. NODE_PATH says where they are installed.
const fs = require('fs'), path = require('path');
const D = require('docx'), Excel = require('exceljs'), XLSX = require('xlsx'), Pptx = require('pptxgenjs'), Pdf = require('pdf-lib');

const docOf = o => D.Packer.toBuffer(new D.Document(o));
const p = (...c) => new D.Paragraph({ children: c.map(x => typeof x === 'string' ? new D.TextRun(x) : x) });
const aoa = (n, value) => [['Navn', 'CPR-nr.', 'By'], ['Testperson Eksempel', value ?? n, 'Eksempelby']];
const sheetjs = (type, value) => n => {
  const wb = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(wb, XLSX.utils.aoa_to_sheet(aoa(n, value && value(n))), 'Ark1');
  return XLSX.write(wb, { type: 'buffer', bookType: type });
};
const digits = n => Number(n.replace('-', ''));
const excel = f => async n => {
  const wb = new Excel.Workbook(), ws = wb.addWorksheet('Ark1');
  ws.addRow(['Navn', 'CPR-nr.', 'By']); ws.addRow(['Testperson Eksempel']);
  f(ws, n, wb);
  return Buffer.from(await wb.xlsx.writeBuffer());
};
const slides = f => async n => {
  const pp = new Pptx(), s = pp.addSlide();
  s.addText('Status', { x: 1, y: 1, w: 5, h: 1 });
  f(s, n, pp);
  return pp.write({ outputType: 'nodebuffer' });
};
const pdf = f => async n => {
  const d = await Pdf.PDFDocument.create(), page = d.addPage([400, 300]);
  page.drawText('Ansøgning', { x: 40, y: 250, size: 14 });
  await f(d, page, n);
  return Buffer.from(await d.save());
};

const made = {
  'docx.js/footnote.docx': n => docOf({ footnotes: { 1: { children: [p('Vedr. ' + n)] } }, sections: [{ children: [p('Brev', new D.FootnoteReferenceRun(1))] }] }),
  'docx.js/comment.docx': n => docOf({ comments: { children: [{ id: 0, author: 'Sagsbehandler', date: new Date(0), children: [p('Er det ' + n + '?')] }] }, sections: [{ children: [p(new D.CommentRangeStart(0), 'Brev', new D.CommentRangeEnd(0), new D.TextRun({ children: [new D.CommentReference(0)] }))] }] }),
  'docx.js/inserted.docx': n => docOf({ sections: [{ children: [p('Sagen om ', new D.InsertedTextRun({ text: n, id: 1, author: 'x', date: '2026-01-01T00:00:00Z' }), ' lukkes')] }] }),
  'docx.js/deleted.docx': n => docOf({ sections: [{ children: [p('Sagen om ', new D.DeletedTextRun({ text: n + ' ', id: 1, author: 'x', date: '2026-01-01T00:00:00Z' }), 'lukkes')] }] }),
  'docx.js/page-header.docx': n => docOf({ sections: [{ headers: { default: new D.Header({ children: [p('CPR ' + n)] }) }, children: [p('Brev')] }] }),
  'docx.js/table.docx': n => docOf({ sections: [{ children: [new D.Table({ rows: [['Navn', 'CPR'], ['Testperson', n]].map(r => new D.TableRow({ children: r.map(c => new D.TableCell({ children: [p(c)] })) })) })] }] }),
  'docx.js/link-address.docx': n => docOf({ sections: [{ children: [p(new D.ExternalHyperlink({ link: 'https://sag.example/?cpr=' + n, children: [new D.TextRun('Sagen')] }))] }] }),
  'docx.js/bookmark.docx': n => docOf({ sections: [{ children: [p(new D.Bookmark({ id: 'cpr_' + n, children: [new D.TextRun('her')] }))] }] }),
  'docx.js/custom-property.docx': n => docOf({ customProperties: [{ name: 'CPR', value: n }], sections: [{ children: [p('Brev')] }] }),
  'docx.js/tab-apart.docx': n => docOf({ sections: [{ children: [p('CPR-nr.:\t' + n.slice(0, 6) + '\t' + n.slice(7))] }] }),
  'sheetjs/cell.xlsx': sheetjs('xlsx'), 'sheetjs/number-cell.xlsx': sheetjs('xlsx', digits),
  'sheetjs/cell.xlsb': sheetjs('xlsb'), 'sheetjs/number-cell.xlsb': sheetjs('xlsb', digits),
  'sheetjs/cell.xls': sheetjs('biff8'), 'sheetjs/number-cell.xls': sheetjs('biff8', digits),
  'sheetjs/biff5-cell.xls': sheetjs('biff5'), 'sheetjs/biff5-number-cell.xls': sheetjs('biff5', digits),
  'sheetjs/biff4-cell.xls': sheetjs('biff4'), 'sheetjs/biff2-cell.xls': sheetjs('biff2'), 'sheetjs/biff4-number-cell.xls': sheetjs('biff4', digits),
  'sheetjs/spreadsheetml-cell.xls': sheetjs('xlml'), 'sheetjs/cell.ods': sheetjs('ods'), 'sheetjs/number-cell.ods': sheetjs('ods', digits), 'sheetjs/cell.fods': sheetjs('fods'),
  'sheetjs/cell.csv': sheetjs('csv'), 'sheetjs/cell.html': sheetjs('html'), 'sheetjs/cell.slk': sheetjs('sylk'), 'sheetjs/number-cell.slk': sheetjs('sylk', digits), 'sheetjs/cell.dif': sheetjs('dif'), 'sheetjs/cell.txt': sheetjs('txt'), 'sheetjs/cell.rtf': sheetjs('rtf'), 'sheetjs/cell.dbf': sheetjs('dbf'), 'sheetjs/cell.wk3': sheetjs('wk3'),
  'exceljs/cell.xlsx': excel((ws, n) => { ws.getCell('B2').value = n; }),
  'exceljs/note.xlsx': excel((ws, n) => { ws.getCell('C2').note = 'Vedr. ' + n; }),
  'exceljs/hidden-row.xlsx': excel((ws, n) => { ws.getCell('B2').value = n; ws.getRow(2).hidden = true; }),
  'exceljs/hidden-column.xlsx': excel((ws, n) => { ws.getCell('B2').value = n; ws.getColumn(2).hidden = true; }),
  'exceljs/rich-text.xlsx': excel((ws, n) => { ws.getCell('B2').value = { richText: [{ text: n.slice(0, 5) }, { font: { bold: true }, text: n.slice(5) }] }; }),
  'exceljs/shared-formula.xlsx': excel((ws, n) => { ws.getCell('B2').value = { formula: 'A2&"x"', result: n, shareType: 'shared', ref: 'B2:B3' }; ws.getCell('B3').value = { sharedFormula: 'B2', result: 'x' }; }),
  'exceljs/footer.xlsx': excel((ws, n) => { ws.headerFooter.oddFooter = '&LVedr. ' + n; }),
  'exceljs/hyperlink.xlsx': excel((ws, n) => { ws.getCell('B2').value = { text: 'Sagen', hyperlink: 'mailto:x@kommune.example?subject=' + n }; }),
  'pptxgenjs/text.pptx': slides((s, n) => s.addText('Sagen om ' + n, { x: 1, y: 2, w: 6, h: 1 })),
  'pptxgenjs/table.pptx': slides((s, n) => s.addTable([['Navn', 'CPR'], ['Testperson', n]], { x: 1, y: 2, w: 6 })),
  'pptxgenjs/notes.pptx': slides((s, n) => s.addNotes('Husk ' + n)),
  'pptxgenjs/chart.pptx': slides((s, n, pp) => s.addChart(pp.ChartType.bar, [{ name: 'Sager', labels: ['Borger ' + n, 'Anden'], values: [1, 2] }], { x: 1, y: 2, w: 6, h: 3 })),
  'pptxgenjs/hidden-slide.pptx': slides((s, n, pp) => { const t = pp.addSlide(); t.hidden = true; t.addText('CPR ' + n, { x: 1, y: 1, w: 5, h: 1 }); }),
  'pptxgenjs/title.pptx': slides((s, n, pp) => { pp.title = 'Møde om ' + n; }),
  'pdf-lib/text.pdf': pdf((d, page, n) => page.drawText('Sagen om ' + n, { x: 40, y: 200, size: 11 })),
  'pdf-lib/form-field.pdf': pdf((d, page, n) => { const f = d.getForm().createTextField('cpr'); f.setText(n); f.addToPage(page, { x: 40, y: 180, width: 200, height: 20 }); }),
  'pdf-lib/dropdown.pdf': pdf((d, page, n) => { const f = d.getForm().createDropdown('barn'); f.addOptions(['Vælg', 'Barn ' + n]); f.addToPage(page, { x: 40, y: 180, width: 200, height: 20 }); }),
  'pdf-lib/field-name.pdf': pdf((d, page, n) => { d.getForm().createCheckBox('cpr ' + n).addToPage(page, { x: 40, y: 180 }); }),
  'pdf-lib/attachment.pdf': pdf((d, page, n) => d.attach(Buffer.from('Navn;CPR\nTestperson;' + n + '\n'), 'liste.csv', { mimeType: 'text/csv' })),
  'pdf-lib/title.pdf': pdf((d, page, n) => d.setTitle('Afgørelse ' + n)),
  'pdf-lib/white-text.pdf': pdf((d, page, n) => page.drawText('CPR ' + n, { x: 40, y: 100, size: 6, color: Pdf.rgb(1, 1, 1) })),
  'pdf-lib/rotated.pdf': pdf((d, page, n) => page.drawText('CPR ' + n, { x: 200, y: 60, size: 11, rotate: Pdf.degrees(90) })),
  'pdf-lib/outside-the-page.pdf': pdf((d, page, n) => page.drawText('CPR ' + n, { x: 40, y: -40, size: 11 })),
};

(async () => {
  const [out, jobs] = process.argv.slice(2);
  if (out === 'list') return console.log(JSON.stringify(Object.keys(made)));
  for (const [name, n] of Object.entries(JSON.parse(jobs))) {
    fs.writeFileSync(path.join(out, name.replace('/', '_')), await made[name](n));
  }
})().catch(e => { console.error(e); process.exit(1); });
