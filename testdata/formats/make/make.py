"""Writes testdata/formats anew: files by real programs with one number each.

Needs Debian's libreoffice, chromium, ghostscript, imagemagick, qpdf, poppler-utils,
p7zip-full, libheif-examples, zip, zstd, genisoimage, gcab, arj, cpio, lz4, python3-docx, python3-openpyxl, python3-xlsxwriter, python3-xlwt,
python3-pikepdf, python3-reportlab, python3-pil, fonts-liberation, and of npm docx,
exceljs, xlsx, pptxgenjs, pdf-lib and officecrypto-tool (NODE_PATH says where). Takes ten minutes.
"""
import common
import flatodf
import other
import phone
import rest

flatodf.make()
other.make()
rest.make()
phone.make()
import odd  # writes as it is loaded

odd.encrypted()
common.finish()
