package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"brevvagt/document"
)

// incomplete reports something beside the page text that could not be read.
func (r *reader) incomplete(page int, what string) {
	r.out.Gap(document.Gap{At: document.Location{Page: page}, Why: document.Damaged, Detail: what + " could not be read"})
}

// aboutFile reads the properties and the bookmarks.
func (r *reader) aboutFile() {
	tags := []string{"Title", "Author", "Subject", "Keywords"}
	if m, err := r.p.GetMetaData(&requests.GetMetaData{Document: r.doc, Tags: &tags}); err == nil {
		for _, t := range m.Tags {
			r.text(document.Segment{Text: clean(t.Value), Label: t.Tag, At: document.Location{Layer: document.Metadata}})
		}
	}
	left := maxBookmarks
	if !r.bookmarks(nil, 0, &left) {
		r.incomplete(0, "the list of bookmarks")
	}
}

// maxBookmarks bounds the list. The library's own walk recurses without a limit,
// and a hostile list leads back to its beginning.
const maxBookmarks = 20_000

// bookmarks reads the titles below parent; false when they could not all be read.
func (r *reader) bookmarks(parent *references.FPDF_BOOKMARK, depth int, left *int) bool {
	if depth > 50 {
		return false
	}
	first, err := r.p.FPDFBookmark_GetFirstChild(&requests.FPDFBookmark_GetFirstChild{Document: r.doc, Bookmark: parent})
	if err != nil {
		return false
	}
	for at := first.Bookmark; at != nil; {
		if *left--; *left < 0 || r.ctx.Err() != nil {
			return false
		}
		if t, err := r.p.FPDFBookmark_GetTitle(&requests.FPDFBookmark_GetTitle{Bookmark: *at}); err == nil {
			r.text(document.Segment{Text: clean(t.Title), Label: "bogmærke", At: document.Location{Layer: document.Metadata}})
		}
		if !r.bookmarks(at, depth+1, left) {
			return false
		}
		next, err := r.p.FPDFBookmark_GetNextSibling(&requests.FPDFBookmark_GetNextSibling{Document: r.doc, Bookmark: *at})
		if err != nil {
			return false
		}
		at = next.Bookmark
	}
	return true
}

func (r *reader) hasForm() bool {
	t, err := r.p.FPDF_GetFormType(&requests.FPDF_GetFormType{Document: r.doc})
	return err == nil && t.FormType != enums.FPDF_FORMTYPE_NONE
}

// annotations reads notes, stamps, links and files pinned to a page.
func (r *reader) annotations(page requests.Page, number int) {
	n, err := r.p.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: page})
	if err != nil {
		r.incomplete(number, "notes")
		return
	}
	for i := range min(n.Count, 10_000) {
		a, err := r.p.FPDFPage_GetAnnot(&requests.FPDFPage_GetAnnot{Page: page, Index: i})
		if err != nil {
			continue // a hole in the list, and nothing is shown for it
		}
		r.annotation(a.Annotation, number)
		if _, err := r.p.FPDFPage_CloseAnnot(&requests.FPDFPage_CloseAnnot{Annotation: a.Annotation}); err != nil {
			r.incomplete(number, "notes")
			return
		}
	}
}

func (r *reader) annotation(a references.FPDF_ANNOTATION, number int) {
	kind, err := r.p.FPDFAnnot_GetSubtype(&requests.FPDFAnnot_GetSubtype{Annotation: a})
	if err != nil {
		return
	}
	value := func(key string) string {
		v, err := r.p.FPDFAnnot_GetStringValue(&requests.FPDFAnnot_GetStringValue{Annotation: a, Key: key})
		if err != nil {
			return ""
		}
		return clean(v.Value)
	}
	note := document.Location{Page: number, Layer: document.Comment}
	for _, key := range []string{"Contents", "Subj", "T"} {
		if kind.Subtype == enums.FPDF_ANNOT_SUBTYPE_WIDGET && key == "T" {
			continue // there it is the field's name
		}
		r.text(document.Segment{Text: value(key), At: note})
	}
	switch kind.Subtype {
	case enums.FPDF_ANNOT_SUBTYPE_STAMP, enums.FPDF_ANNOT_SUBTYPE_INK:
		r.drawn = true // its words stand in its drawing
	case enums.FPDF_ANNOT_SUBTYPE_WIDGET:
		if v := value("V"); !r.knows(v) { // what the form reading did not give
			r.text(document.Segment{Text: v, Label: value("T"), At: document.Location{Page: number}})
		}
		if v := value("DV"); !r.knows(v) { // what the form puts back when it is cleared
			r.text(document.Segment{Text: v, Label: value("T"), At: document.Location{Page: number, Layer: document.Hidden}})
		}
	case enums.FPDF_ANNOT_SUBTYPE_LINK:
		if uri := r.uri(a); uri != "" {
			r.text(document.Segment{Text: uri, Label: "link", At: document.Location{Page: number, Layer: document.Hidden}})
		}
	case enums.FPDF_ANNOT_SUBTYPE_FILEATTACHMENT:
		r.pinned(a, number)
	}
}

// knows tells that all lines of a text have been handed on.
func (r *reader) knows(text string) bool {
	for _, l := range strings.Split(text, "\n") {
		if k := key(l); k != "" && !r.lines[k] {
			return false
		}
	}
	return true
}

func (r *reader) uri(a references.FPDF_ANNOTATION) string {
	link, err := r.p.FPDFAnnot_GetLink(&requests.FPDFAnnot_GetLink{Annotation: a})
	if err != nil {
		return ""
	}
	action, err := r.p.FPDFLink_GetAction(&requests.FPDFLink_GetAction{Link: link.Link})
	if err != nil || action.Action == nil {
		return ""
	}
	uri, err := r.p.FPDFAction_GetURIPath(&requests.FPDFAction_GetURIPath{Document: r.doc, Action: *action.Action})
	if err != nil || uri.URIPath == nil {
		return ""
	}
	return clean(*uri.URIPath)
}

// pinned hands on a file that hangs on a note.
func (r *reader) pinned(a references.FPDF_ANNOTATION, number int) {
	f, err := r.p.FPDFAnnot_GetFileAttachment(&requests.FPDFAnnot_GetFileAttachment{Document: r.doc, Annotation: a})
	if err != nil {
		r.incomplete(number, "a file pinned to the page")
		return
	}
	name := fmt.Sprintf("bilag-%d", number)
	if n, err := r.p.FPDFAttachment_GetName(&requests.FPDFAttachment_GetName{Attachment: f.Attachment}); err == nil && n.Name != "" {
		name = clean(n.Name)
	}
	data, err := r.p.FPDFAttachment_GetFile(&requests.FPDFAttachment_GetFile{Attachment: f.Attachment})
	if err != nil {
		r.incomplete(number, "a file pinned to the page")
		return
	}
	r.files++
	r.handed[sha256.Sum256(data.Contents)] = true
	r.child(name, data.Contents, document.Input{Page: number})
}

func (r *reader) attachments() {
	all, err := r.p.GetAttachments(&requests.GetAttachments{Document: r.doc})
	if err != nil {
		r.incomplete(0, "the attachments")
		return
	}
	for i, a := range all.Attachments {
		name := clean(a.Name)
		if name == "" {
			name = fmt.Sprintf("bilag-%d", i+1)
		}
		r.files++
		r.handed[sha256.Sum256(a.Content)] = true
		r.child(name, a.Content, document.Input{})
	}
}

func (r *reader) child(name string, data []byte, hint document.Input) {
	r.put++
	r.out.ChildBytes(name, data, hint)
}

// xfa reads the data of an XFA form, whose pages say no more than "please wait".
func (r *reader) xfa() {
	n, err := r.p.FPDF_GetXFAPacketCount(&requests.FPDF_GetXFAPacketCount{Document: r.doc})
	if err != nil {
		return
	}
	for i := range min(n.Count, 100) {
		name, err := r.p.FPDF_GetXFAPacketName(&requests.FPDF_GetXFAPacketName{Document: r.doc, Index: i})
		if err != nil || name.Name != "datasets" && name.Name != "form" {
			continue
		}
		c, err := r.p.FPDF_GetXFAPacketContent(&requests.FPDF_GetXFAPacketContent{Document: r.doc, Index: i})
		if err != nil || !r.xfaData(c.Content) {
			r.incomplete(0, "the XFA data")
		}
	}
}

// xfaData takes the text of each element, labelled with the element's name.
func (r *reader) xfaData(data []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = false
	var path []string
	for {
		t, err := d.Token()
		if err == io.EOF {
			return true
		}
		if err != nil {
			return false
		}
		switch t := t.(type) {
		case xml.StartElement:
			path = append(path, t.Name.Local)
		case xml.EndElement:
			path = path[:max(0, len(path)-1)]
		case xml.CharData:
			if s := strings.TrimSpace(string(t)); s != "" && len(path) > 0 {
				r.text(document.Segment{Text: s, Label: path[len(path)-1], At: document.Location{Layer: document.Hidden}})
			}
		}
	}
}
