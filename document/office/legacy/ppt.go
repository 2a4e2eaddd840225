package legacy

import (
	"encoding/binary"
	"errors"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/fields"
	"brevvagt/document/office/ole"
)

var errPPT = errors.New("no sound PowerPoint file")

// Record types of [MS-PPT] 2.13.24.
const (
	recSlide     = 0x03ee
	recNotes     = 0x03f0
	recMaster    = 0x03f8
	recHandout   = 0x0fc9
	recListText  = 0x0ff0
	recChars     = 0x0fa0
	recBytes     = 0x0fa8
	recCString   = 0x0fba
	recComment   = 0x2ee0
	recCrypt     = 0x2f14
	recBlob      = 0x138b // an extension's data: records again, comments among them
	recPersist   = 0x03f3
	recUserEdit  = 0x0ff5
	recGroup     = 0xf003 // OfficeArtSpgrContainer of [MS-ODRAW]
	recShape     = 0xf004
	recTextbox   = 0xf00d
	recAnchor    = 0xf00f // left, top, right and bottom within the group
	recSlideShow = 0x03f9 // SlideShowSlideInfoAtom: bit 2 of its flags hides
	maxPPTDepth  = 64
)

// pptWalk is a walk over the records of a presentation.
type pptWalk struct {
	r      *reader
	slide  int  // in the list of texts
	number int  // of slide records so far
	once   bool // saved in one go: records come in the slides' order
	lost   bool
	crypt  bool
}

func (r *reader) ppt() error {
	if u := r.file.Get("Current User"); len(u) >= 16 && binary.LittleEndian.Uint32(u[12:]) == 0xf3d1c4df {
		return document.ErrEncrypted
	}
	doc := r.file.Get("PowerPoint Document")
	w := &pptWalk{r: r, once: savedOnce(doc)}
	w.walk(doc, document.Location{Layer: document.Visible}, 0, "")
	switch {
	case r.ctx.Err() != nil:
		return r.ctx.Err()
	case w.crypt:
		return document.ErrEncrypted
	case w.lost:
		return errPPT
	}
	return nil
}

// walk reads the records of b. Texts of a slide may stand in the slide or in the
// list of texts of the document; both are read.
func (w *pptWalk) walk(b []byte, at document.Location, depth int, label string) {
	for len(b) >= 8 {
		if w.r.sink.Full() || w.r.ctx.Err() != nil {
			return
		}
		ver := b[0] & 0x0f
		instance := fields.U16(b, 0) >> 4
		kind := fields.U16(b, 2)
		size := fields.U32(b, 4)
		if size > len(b)-8 {
			w.lost = true
			size = len(b) - 8
		}
		body := b[8 : 8+size]
		b = b[8+size:]
		if ver == 0x0f {
			if depth < maxPPTDepth {
				w.container(kind, instance, body, at, depth, label)
			} else {
				w.lost = true
			}
			continue
		}
		switch kind {
		case recChars, recCString:
			w.text(utf16All(body), at)
		case recBytes:
			w.text(ole.Decode(body, 1252), at)
		case recPersist:
			if at.Page = 0; label == "list" {
				w.slide++
				at.Page = w.slide
			}
		case recCrypt:
			w.crypt = true
		case recBlob:
			if lost := w.lost; depth < maxPPTDepth {
				w.walk(body, at, depth+1, "")
				w.lost = lost // other programs' extensions may hold anything
			}
		}
	}
	w.lost = w.lost || len(b) > 0
}

func (w *pptWalk) container(kind, instance int, body []byte, at document.Location, depth int, label string) {
	switch kind {
	case recSlide:
		w.number++
		if w.once {
			at.Page = w.number
		}
		if slideHides(body) {
			at.Layer = document.Hidden
		}
	case recNotes, recMaster, recHandout:
		at.Layer = document.Hidden
	case recComment:
		at.Layer = document.Comment
	case recListText:
		switch instance {
		case 0:
			label, w.slide = "list", 0
		case 1, 2:
			at.Layer = document.Hidden
		}
	case recCrypt:
		w.crypt = true
	case recGroup:
		w.table(body, at)
	}
	w.walk(body, at, depth+1, label)
}

// savedOnce tells that no later save was appended.
func savedOnce(b []byte) bool {
	edits := 0
	for len(b) >= 8 {
		if fields.U16(b, 2) == recUserEdit {
			edits++
		}
		b = b[min(len(b), 8+fields.U32(b, 4)):]
	}
	return edits == 1
}

// slideHides looks for the slide show settings among a slide's own records.
func slideHides(b []byte) bool {
	for len(b) >= 8 {
		size := fields.U32(b, 4)
		if size > len(b)-8 {
			return false
		}
		if fields.U16(b, 2) == recSlideShow && size >= 12 {
			return b[8+10]&4 != 0
		}
		b = b[8+size:]
	}
	return false
}

// text passes the paragraphs of a text on; they end with a carriage return.
func (w *pptWalk) text(s string, at document.Location) {
	if strings.HasPrefix(s, "___PPT") { // name of an extension block
		return
	}
	for p := range strings.SplitSeq(s, "\r") {
		w.r.add(strings.ReplaceAll(p, "\v", "\n"), "", at)
	}
}

func utf16All(b []byte) string {
	if i := len(b) &^ 1; i > 0 {
		return ole.UTF16(b[:i])
	}
	return ""
}
