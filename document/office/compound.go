package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/biff"
	"brevvagt/document/office/flow"
	"brevvagt/document/office/legacy"
	"brevvagt/document/office/lock"
	"brevvagt/document/office/ole"
	"brevvagt/document/office/outlook"
	"brevvagt/document/office/rtf"
)

// compound is a format within a compound file. The directory may lie far behind
// the first bytes, so a name that is seen there only gives the part its type; what
// is read depends on the whole file.
type compound struct {
	name   string
	stream string // in the directory; "" takes any compound file
	end    string // suffix that decides when the directory is out of sight
}

func (c compound) Name() string { return c.name }

// compounds in the order to ask: a message holds other files.
var compounds = []compound{
	{"msg", "__properties_version1.0", ".msg"},
	{"encrypted-office", "EncryptedPackage", ""},
	{"doc", "WordDocument", ".doc"},
	{"ppt", "PowerPoint Document", ".ppt"},
	{"xls", "Workbook", ".xls"},
	{"ole2", "", ""},
}

func (c compound) Match(head []byte, name string) bool {
	if !bytes.HasPrefix(head, ole.Magic) {
		return false
	}
	if c.seen(head) {
		return true
	}
	if c.end == "" || !strings.EqualFold(path.Ext(name), c.end) {
		return false
	}
	for _, other := range compounds {
		if other.stream != "" && other.seen(head) {
			return false
		}
	}
	return true
}

func (c compound) seen(head []byte) bool {
	var wide []byte
	for i := range len(c.stream) {
		wide = append(wide, c.stream[i], 0)
	}
	return bytes.Contains(head, wide)
}

func (c compound) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	f, err := ole.Open(in.Data)
	if err != nil {
		legacy.Sweep(in.Data, &flow.Sink{Out: out})
		return fmt.Errorf("cannot open the compound file: %w", err)
	}
	switch legacy.Kind(f) {
	case "msg":
		return outlook.ReadMSG(ctx, f, in, out)
	case "encrypted":
		plain, err := lock.Package(f, in.Passwords...)
		if err != nil {
			return document.ErrEncrypted
		}
		out.ChildBytes(in.Name, plain, document.Input{MadeUp: true})
		return ctx.Err()
	}
	if err := legacy.Read(ctx, f, out); err != nil {
		if !errors.Is(err, document.ErrEncrypted) {
			legacy.Sweep(in.Data, &flow.Sink{Out: out})
		}
		return err
	}
	return nil
}

// records is a workbook of Excel's old formats outside a compound file.
type records struct{}

func (records) Name() string                     { return "biff" }
func (records) Match(head []byte, _ string) bool { return biff.Is(head) }

func (records) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	return biff.Read(ctx, in.Data, &flow.Sink{Out: out})
}

// richText is the format RTF.
type richText struct{}

func (richText) Name() string                     { return "rtf" }
func (richText) Match(head []byte, _ string) bool { return rtf.Is(head) }

func (richText) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	return rtf.Read(ctx, in.Data, &flow.Sink{Out: out}, document.Visible)
}

// tnef is Outlook's winmail.dat.
type tnef struct{}

func (tnef) Name() string                     { return "tnef" }
func (tnef) Match(head []byte, _ string) bool { return outlook.IsTNEF(head) }

func (tnef) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	return outlook.ReadTNEF(ctx, in, out)
}
