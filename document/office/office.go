// Package office lists the formats of office files, modern and old: what Word,
// Excel, PowerPoint, LibreOffice and Outlook write.
package office

import (
	"bytes"
	"context"
	"encoding/binary"
	"path"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/odf"
	"brevvagt/document/office/ooxml"
	"brevvagt/document/office/pack"
)

// Formats returns every format of this package, in the order to ask them. They
// must be asked before a format that takes any zip.
func Formats() []document.Format {
	list := []document.Format{
		zipped{name: "docx", folder: "word/", ends: []string{".docx", ".docm", ".dotx", ".dotm"}},
		zipped{name: "xlsx", folder: "xl/", ends: []string{".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam", ".xlsb"}},
		zipped{name: "pptx", folder: "ppt/", ends: []string{".pptx", ".pptm", ".potx", ".potm", ".ppsx", ".ppsm", ".ppam", ".sldx"}},
		zipped{name: "odf", ends: []string{".odt", ".ods", ".odp", ".odg", ".odf", ".odb", ".odm", ".ott", ".ots", ".otp", ".otg", ".sxw", ".sxc", ".sxi"}},
		flat{},
		zipped{name: "opc", folder: "", ends: []string{".vsdx", ".vsdm", ".xps", ".oxps", ".thmx"}},
		richText{},
		tnef{},
		records{},
		emf{},
		wmf{},
		owner{},
	}
	for _, c := range compounds {
		list = append(list, c)
	}
	return list
}

// zipped is an office format within a zip. Its members' names in the first bytes
// tell which; the directory at the end of the file is out of sight.
type zipped struct {
	name   string
	folder string // of the members that only this format has
	ends   []string
}

func (z zipped) Name() string { return z.name }

// Match goes by the names in the local headers. Without a telling name the
// suffix decides: Read copes with a plain zip.
func (z zipped) Match(head []byte, name string) bool {
	if !bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return false
	}
	kind := kindOf(head)
	if kind == z.name || kind != "" && kind != "opc" {
		return kind == z.name
	}
	end := strings.ToLower(path.Ext(name))
	for _, e := range z.ends {
		if e == end {
			return true
		}
	}
	return false
}

// kindOf reads the names of the members that lie within head.
func kindOf(head []byte) string {
	opc := ""
	for off := 0; off+30 <= len(head); {
		h := head[off:]
		if !bytes.HasPrefix(h, []byte("PK\x03\x04")) {
			break
		}
		n := int(binary.LittleEndian.Uint16(h[26:]))
		extra := int(binary.LittleEndian.Uint16(h[28:]))
		if 30+n > len(h) {
			break
		}
		member := strings.ToLower(strings.ReplaceAll(string(h[30:30+n]), "\\", "/"))
		switch member = strings.TrimLeft(member, "/"); {
		case strings.HasPrefix(member, "word/"):
			return "docx"
		case strings.HasPrefix(member, "xl/"):
			return "xlsx"
		case strings.HasPrefix(member, "ppt/"):
			return "pptx"
		case member == "mimetype" && off == 0:
			if bytes.HasPrefix(h[min(len(h), 30+n+extra):], []byte("application/vnd.oasis.opendocument")) ||
				bytes.HasPrefix(h[min(len(h), 30+n+extra):], []byte("application/vnd.sun.xml")) {
				return "odf"
			}
		case member == "content.xml" && opc == "":
			return "odf"
		case member == "[content_types].xml", member == "_rels/.rels", strings.HasPrefix(member, "docprops/"):
			opc = "opc"
		}
		size := int(binary.LittleEndian.Uint32(h[18:]))
		next := off + 30 + n + extra + size
		if flags := binary.LittleEndian.Uint16(h[6:]); flags&8 != 0 || size == 0 {
			// The size stands behind the data: the next header is searched for.
			i := bytes.Index(head[min(len(head), off+30+n+extra):], []byte("PK\x03\x04"))
			if i < 0 {
				break
			}
			next = off + 30 + n + extra + i
		}
		if next <= off {
			break
		}
		off = next
	}
	return opc
}

func (z zipped) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	p, err := ooxml.Open(in.Data, out)
	if err != nil {
		return err
	}
	if p.Damaged {
		out.Gap(document.Gap{Why: document.Damaged, Detail: "the zip has no sound directory; its members were searched for"})
	}
	switch {
	case odf.Is(p):
		return odf.Read(ctx, in, p, out)
	case ooxml.Is(p):
		return ooxml.Read(ctx, in, p, out)
	case !p.Damaged:
		return members(ctx, p, out)
	case z.name == "odf":
		return odf.Read(ctx, in, p, out)
	}
	return ooxml.Read(ctx, in, p, out)
}

// members hands on what an ordinary zip holds that was taken for an office file.
func members(ctx context.Context, p *pack.Package, out *document.Builder) error {
	for _, f := range p.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		rc, err := f.Open()
		if err != nil {
			out.Gap(document.Gap{Why: reason(err), Detail: "a member of the zip could not be opened"})
			continue
		}
		out.Child(f.Name, rc, document.Input{})
		rc.Close()
	}
	if p.More {
		out.Gap(document.Gap{Why: document.TooMany, Detail: "too many entries"})
	}
	return nil
}
