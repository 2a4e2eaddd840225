// Package odf reads OpenDocument: texts, spreadsheets and presentations of
// LibreOffice, zipped or flat, with the elder OpenOffice.org files.
package odf

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/flow"
	"brevvagt/document/office/pack"
	"brevvagt/document/office/xmlscan"
	"brevvagt/internal/sweep"
)

// Is tells whether the package is an OpenDocument one.
func Is(p *pack.Package) bool {
	return p.Find("META-INF/manifest.xml") != nil && p.Find("content.xml") != nil || p.Find("mimetype") != nil
}

// Read reads every member of p.
func Read(ctx context.Context, in document.Input, p *pack.Package, out *document.Builder) error {
	if locked(p) {
		return document.ErrEncrypted
	}
	sink := &flow.Sink{Out: out}
	for _, f := range p.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := member(ctx, f, sink); err != nil && ctx.Err() == nil {
			g := document.Gap{At: document.Location{Path: in.Path + "/" + path.Base(strings.ToValidUTF8(f.Name, "?"))}, Why: document.Damaged}
			switch {
			case errors.Is(err, pack.ErrTooBig), errors.Is(err, xmlscan.ErrToken):
				g.Why = document.TooBig
			case errors.Is(err, xmlscan.ErrDepth):
				g.Why = document.TooDeep
			case errors.Is(err, pack.ErrEntryEncrypted):
				g.Why = document.Encrypted
			}
			out.Gap(g)
		}
	}
	if p.Comment != "" {
		sink.Add(document.Segment{Text: p.Comment, At: document.Location{Layer: document.Metadata}})
	}
	if p.More {
		out.Gap(document.Gap{Why: document.TooMany, Detail: "too many entries"})
	}
	return nil
}

// locked tells by the manifest that members are encrypted (part 2, 4.3).
func locked(p *pack.Package) bool {
	f := p.Find("META-INF/manifest.xml")
	if f == nil {
		return p.Find("encrypted-package") != nil
	}
	rc, err := f.Open()
	if err != nil {
		return false
	}
	defer rc.Close()
	sc := xmlscan.New(rc)
	for k := sc.Next(); k != xmlscan.EOF; k = sc.Next() {
		if k == xmlscan.Start && sc.Name() == "encryption-data" {
			return true
		}
	}
	return false
}

func member(ctx context.Context, f *pack.File, sink *flow.Sink) error {
	rc, err := f.Open()
	if err != nil {
		return err
	}
	defer rc.Close()
	base := strings.ToLower(path.Base(f.Name))
	switch {
	case f.Name == "mimetype", strings.HasPrefix(f.Name, "META-INF/"):
		_, err := io.Copy(io.Discard, rc)
		return err
	case base == "content.xml", base == "styles.xml", base == "meta.xml", base == "settings.xml":
		return Walk(ctx, rc, sink, base == "styles.xml")
	case base == "layout-cache", strings.HasPrefix(f.Name, "Configurations2/"):
		data, err := io.ReadAll(rc)
		texts, _ := sweep.Texts(data)
		for _, t := range texts {
			sink.Add(document.Segment{Text: t, At: document.Location{Layer: document.Hidden}})
		}
		return err
	case strings.HasSuffix(base, ".ttf"), strings.HasSuffix(base, ".otf"):
		return nil
	case strings.HasSuffix(base, ".xml"), strings.HasSuffix(base, ".rdf"), strings.HasSuffix(base, ".xlb"), strings.HasSuffix(base, ".xlc"):
		return flow.Walk(ctx, rc, sink, flow.Options{Broad: true, Layer: document.Hidden})
	}
	data, err := io.ReadAll(rc)
	switch {
	case len(data) == 0, pack.IsThumbnail(f.Name, data):
	case bytes.HasPrefix(data, starView) && isPreview(f.Name):
		texts, _ := sweep.Texts(data)
		for _, t := range texts {
			sink.Add(document.Segment{Text: t, At: document.Location{Layer: document.Hidden}})
		}
	default:
		sink.Out.ChildBytes(f.Name, data, document.Input{})
	}
	return err
}

// starView is how LibreOffice's own metafiles begin.
var starView = []byte("VCLMTF")

// isPreview tells the pictures of tables and objects that are in the file as such.
func isPreview(name string) bool {
	return strings.HasPrefix(name, "Pictures/TablePreview") || strings.HasPrefix(name, "ObjectReplacements/")
}

// IsFlat tells a flat OpenDocument file by its root element.
func IsFlat(head []byte) bool {
	return bytes.Contains(head, []byte("urn:oasis:names:tc:opendocument:xmlns:office")) && bytes.Contains(head, []byte(":document"))
}
