package office

import (
	"bytes"
	"context"
	"errors"

	"brevvagt/document"
	"brevvagt/document/office/flow"
	"brevvagt/document/office/odf"
	"brevvagt/document/office/ooxml"
	"brevvagt/document/office/xmlscan"
)

// flat is a whole document in one XML text: LibreOffice's flat files, Word's and
// Excel's XML of 2003, Word's flat package.
type flat struct{}

func (flat) Name() string { return "flat-office-xml" }

var flatMarks = []string{
	"schemas.microsoft.com/office/word/2003/wordml",
	"schemas.microsoft.com/office/2006/xmlPackage",
	"urn:schemas-microsoft-com:office:spreadsheet",
	"urn:schemas-microsoft-com:office:word",
}

// Match looks for the namespace that the root declares.
func (flat) Match(head []byte, _ string) bool {
	head = bytes.ReplaceAll(head[:min(len(head), 8192)], []byte{0}, nil) // UTF-16
	if t := bytes.TrimLeft(head, "\xef\xbb\xbf\xfe\xff \t\r\n"); !bytes.HasPrefix(t, []byte("<")) || document.HasPrefixFold(t, "<html") || document.HasPrefixFold(t, "<!doctype html") {
		return false
	}
	if odf.IsFlat(head) {
		return true
	}
	for _, m := range flatMarks {
		if bytes.Contains(head, []byte(m)) && !bytes.Contains(bytes.ToLower(head), []byte("<html")) {
			return true
		}
	}
	return false
}

func (flat) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	if bytes.Contains(in.Data[:min(len(in.Data), 8192)], []byte(flatPackage)) && int64(len(in.Data)) <= maxFlat {
		if zipped, rest, err := unflatten(in.Data); err == nil {
			return readPackage(ctx, in, zipped, rest, out)
		}
	}
	sink := &flow.Sink{Out: out}
	var err error
	if odf.IsFlat(bytes.ReplaceAll(in.Data[:min(len(in.Data), 8192)], []byte{0}, nil)) {
		err = odf.Walk(ctx, bytes.NewReader(in.Data), sink, false)
	} else {
		err = flow.Walk(ctx, bytes.NewReader(in.Data), sink, flow.Options{
			Binary: func(data []byte) { out.ChildBytes("indlejret", data, document.Input{}) },
		})
	}
	switch {
	case errors.Is(err, xmlscan.ErrDepth):
		return document.ErrTooDeep
	case errors.Is(err, xmlscan.ErrToken):
		out.Gap(document.Gap{Why: document.TooBig, Detail: "markup beyond the limits"})
		return nil
	}
	return err
}

// maxFlat is how large a package in one text may be to be taken apart, in bytes: it is then
// in memory twice. A larger one is read as one text.
const maxFlat = 64 << 20

// readPackage reads the parts of a package, and what stands between them.
func readPackage(ctx context.Context, in document.Input, zipped, rest []byte, out *document.Builder) error {
	p, err := ooxml.Open(zipped, out)
	if err != nil {
		return err
	}
	if err := ooxml.Read(ctx, in, p, out); err != nil {
		return err
	}
	return flow.Walk(ctx, bytes.NewReader(rest), &flow.Sink{Out: out}, flow.Options{Layer: document.Hidden, Broad: true})
}
