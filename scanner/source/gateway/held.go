package gateway

import (
	"bytes"
	"context"

	"brevvagt/internal/bigfile"
	"brevvagt/scanner"
	"brevvagt/scanner/source/gateway/postfix"
)

// largeBytes is the size from which a held mail is kept on disk while it is scanned,
// as the milter does with one that arrives.
const largeBytes = 1 << 20

// heldContent is a held mail's content: in memory, or in a file when it is large.
type heldContent struct {
	bytes []byte
	file  *bigfile.File
}

// read takes one mail out of the hold queue's files, without ever having a large
// one in memory.
func (m *Milter) read(ctx context.Context, h postfix.Mail) (heldContent, error) {
	limit := max(m.Config.MaxBytes, adoptBytes)
	if h.Size < largeBytes || m.Config.LargeDir == "" {
		var b bytes.Buffer
		err := m.Postfix.ContentTo(ctx, h.ID, &b, limit)
		return heldContent{bytes: b.Bytes()}, err
	}
	file, err := bigfile.Create(m.Config.LargeDir)
	if err != nil {
		return heldContent{}, err
	}
	if err := m.Postfix.ContentTo(ctx, h.ID, file, limit); err != nil {
		_ = file.Close() // it has no name, so nothing is left
		return heldContent{}, err
	}
	return heldContent{file: file}, nil
}

// into gives the item its content.
func (c heldContent) into(it *scanner.Item) {
	if c.file != nil {
		it.Large = &scanner.Large{Size: c.file.Size(), Open: c.file.Map}
		return
	}
	it.Content = c.bytes
}

func (c heldContent) close() {
	if c.file != nil {
		_ = c.file.Close()
	}
}
