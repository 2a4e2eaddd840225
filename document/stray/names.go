package stray

import (
	"bytes"
	"path"
	"strings"
)

// kinds are files that nobody here reads, by how they begin, at an offset: so that
// who gets to see the gap knows what it is that was not read.
var kinds = []struct {
	at          int
	magic, kind string
}{
	{0, "!BDN", "Outlook mailbox (pst)"},
	{0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "OneNote section (one)"},
	{0, "\xa1\x2f\xff\x43\xd9\xef\x76\x4c", "OneNote table of contents (onetoc2)"},
	{4, "Standard Jet DB", "Access database (mdb)"},
	{4, "Standard ACE DB", "Access database (accdb)"},
	{0, "MSCF", "cabinet archive (cab)"},
	{0x8001, "CD001", "disc image (iso)"},
	{0, "\x60\xea", "ARJ archive"},
	{2, "-lh", "LHA archive"},
	{0, "\xc7\x71", "cpio archive"},
	{0, "!<arch>\n", "ar archive"},
	{0, "\xed\xab\xee\xdb", "RPM package"},
	{0, "PK\x07\x08", "part of a split zip"},
	{0, "\x4c\x00\x00\x00\x01\x14\x02\x00", "Windows shortcut (lnk)"},
	{0, "MZ", "Windows program"},
	{0, "\x7fELF", "Linux program"},
	{0, "\xffWPC", "WordPerfect document"},
	{0, "\x03\xd9\xa2\x9a", "KeePass database (kdbx)"},
	{0, "Salted__", "file encrypted by OpenSSL"},
	{0, "age-encryption.org/", "file encrypted by age"},
	{0, "\x00\x00\x00\x0cjP  ", "JPEG 2000 picture"},
	{0, "\xff\x4f\xff\x51", "JPEG 2000 picture"},
	{0, "\x00\x00\x00\x0cJXL ", "JPEG XL picture"},
	{0, "\xff\x0a", "JPEG XL picture"},
	{0, "8BPS", "Photoshop picture"},
	{0, "VCLMTF", "StarView metafile"},
	{0, "\xc5\xd0\xd3\xc6", "EPS picture"},
	{0, "ID3", "sound (mp3)"},
	{0, "fLaC", "sound (flac)"},
	{0, "OggS", "sound or film (ogg)"},
	{8, "WAVE", "sound (wav)"},
	{8, "AVI ", "film (avi)"},
	{0, "\x1aE\xdf\xa3", "film (mkv, webm)"},
	{0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", "film or sound (wmv, wma)"},
	{0, "PAR1", "Parquet table"},
	{0, "$FL2", "SPSS data"},
	{0, "bplist00", "Apple property list"},
	{0, "AC10", "AutoCAD drawing (dwg)"},
	{0, "\x00\x00\x1a\x00", "Lotus 1-2-3 worksheet"},
	{0, "vhdxfile", "virtual disk"},
	{0, "KDMV", "virtual disk"},
	{0, "ITSF", "Windows help (chm)"},
	{0, "\x1a\x00\x00\x04\x00\x00", "Notes database (nsf)"},
}

// brands are the kinds of ISO base media files, by the brand behind "ftyp".
var brands = []struct{ brand, kind string }{
	{"crx ", "camera picture (cr3)"}, {"M4A ", "sound (m4a)"},
}

// endings name what content does not tell.
var endings = map[string]string{
	".iwa": "Apple iWork document", ".z01": "part of a split zip", ".001": "part of a split file", ".002": "part of a split file", ".003": "part of a split file",
	".gpg": "file encrypted by OpenPGP", ".pgp": "file encrypted by OpenPGP", ".mdf": "disc image or database",
	".bak": "backup", ".sas7bdat": "SAS data", ".dta": "Stata data", ".sav": "SPSS data", ".wps": "Works document", ".wpd": "WordPerfect document",
	".pub": "Publisher document", ".rpmsg": "mail protected by Microsoft rights management", ".pfile": "file protected by Microsoft rights management",
}

// kindOf says what an unread file is, "" when nobody knows.
func kindOf(data []byte, name string) string {
	for _, k := range kinds {
		if len(data) > k.at && bytes.HasPrefix(data[k.at:], []byte(k.magic)) {
			return k.kind
		}
	}
	if len(data) > 12 && string(data[4:8]) == "ftyp" {
		for _, b := range brands {
			if string(data[8:12]) == b.brand {
				return b.kind
			}
		}
		return "film or sound (mp4, mov)"
	}
	return endings[strings.ToLower(path.Ext(name))]
}
