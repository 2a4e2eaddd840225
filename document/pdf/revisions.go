package pdf

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/klippa-app/go-pdfium/requests"

	"brevvagt/document"
)

// earlier reads what stood in the file before it was saved on top: such a file is
// its own history, and a "deleted" page is still in it. Only lines that the newest
// revision does not show are handed on. A beginning that is no file of its own, as
// in a file made for the web, says nothing.
func (r *reader) earlier() error {
	mark := []byte("%%EOF")
	var ends []int
	for from := 0; ; {
		i := bytes.Index(r.in.Data[from:], mark)
		if i < 0 {
			break
		}
		from += i + len(mark)
		ends = append(ends, from)
	}
	if len(ends) < 2 {
		return nil
	}
	ends = ends[:len(ends)-1]
	if n := len(ends) - r.cfg.Revisions; n > 0 {
		r.out.Gap(document.Gap{Why: document.TooMany, Detail: "only the latest of its earlier revisions were read"})
		ends = ends[n:]
	}
	for i := len(ends) - 1; i >= 0; i-- {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		r.revision(r.in.Data[:ends[i]])
	}
	return nil
}

func (r *reader) revision(data []byte) {
	doc, err := unlock(r.p, document.Input{Data: data, Passwords: r.in.Passwords})
	if err != nil {
		return
	}
	newest := r.doc
	r.doc = doc
	defer func() { r.doc = newest }()
	n, err := r.p.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: doc})
	if err != nil {
		return
	}
	for i := range min(n.PageCount, r.cfg.MaxPages) {
		if r.ctx.Err() != nil || !r.revisionPage(i) {
			break
		}
	}
	// A failure here would be one to free memory, which the instance's end does too.
	_, _ = r.p.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: doc})
}

// revisionPage hands on the lines of a page that are new; false ends the revision.
func (r *reader) revisionPage(i int) bool {
	loaded, err := r.p.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: r.doc, Index: i})
	if err != nil {
		return false
	}
	page := requests.Page{ByReference: &loaded.Page}
	t, err := r.pageText(page)
	if err != nil {
		return false
	}
	texts := []document.Segment{}
	if usable(t) {
		texts = r.paragraphs(t)
	}
	if r.closeText(t) != nil {
		return false
	}
	if form, err := r.p.GetForm(&requests.GetForm{Page: page}); r.hasForm() && err == nil {
		for _, f := range form.Fields {
			if f.Value != nil {
				texts = append(texts, document.Segment{Text: clean(*f.Value), Label: f.Name})
			}
		}
	}
	for _, s := range texts {
		var fresh []string
		for _, l := range strings.Split(s.Text, "\n") {
			if k := key(l); k != "" && !r.lines[k] {
				r.lines[k] = true
				fresh = append(fresh, l)
			}
		}
		if len(fresh) > 0 {
			r.out.Segment(document.Segment{Text: strings.Join(fresh, "\n"), Label: s.Label,
				At: document.Location{Page: i + 1, Line: s.At.Line, Layer: document.Earlier}})
		}
	}
	_, err = r.p.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page})
	return err == nil
}

// suspicions names what pdfium passes over without an error: a file that was cut
// off, a table of contents that points beside an object, pages without anything.
func (r *reader) suspicions(pages int) {
	data := r.in.Data
	end := bytes.LastIndex(data, []byte("%%EOF"))
	if end < 0 || objectStart.Match(data[end:]) {
		r.out.Gap(document.Gap{Why: document.Damaged, Detail: "the end of the file is missing"})
		return
	}
	if r.empty == 0 {
		return
	}
	if wrongOffsets(data) {
		r.out.Gap(document.Gap{Why: document.Damaged, Detail: "its cross-reference table is wrong and a page came out empty"})
		return
	}
	if r.empty >= pages && r.put == 0 && bytes.Contains(data, []byte("stream")) {
		r.out.Gap(document.Gap{Why: document.NoText, Detail: "the file has content, but nothing is drawn on its pages"})
	}
}

var (
	objectStart = regexp.MustCompile(`\d+ \d+ obj\b`)
	tableStart  = regexp.MustCompile(`(?:^|[\r\n])xref\s*[\r\n]+`)
	tableHead   = regexp.MustCompile(`^\s*(\d{1,7}) (\d{1,7})\s*[\r\n]+`)
)

// wrongOffsets checks the classic cross-reference tables: does each entry point at
// its object? Tables that are all wrong are rebuilt by pdfium, so only a mixture
// counts.
func wrongOffsets(data []byte) bool {
	start := max(0, bytes.Index(data[:min(len(data), 1024)], []byte("%PDF-")))
	right, wrong := 0, 0
	for _, at := range tableStart.FindAllIndex(data, 100) {
		rest := data[at[1]:]
		for {
			m := tableHead.FindSubmatch(rest[:min(len(rest), 40)])
			if m == nil {
				break
			}
			first, _ := strconv.Atoi(string(m[1])) // seven digits at most
			n, _ := strconv.Atoi(string(m[2]))
			rest = rest[len(m[0]):]
			for i := 0; i < n && len(rest) >= 20; i++ {
				entry := rest[:20]
				rest = rest[20:]
				if entry[17] != 'n' {
					continue
				}
				offset, err := strconv.Atoi(string(entry[:10]))
				if err != nil {
					wrong++
					continue
				}
				if points(data, offset+start, first+i) {
					right++
				} else {
					wrong++
				}
			}
		}
	}
	return wrong > 0 && right > 0
}

func points(data []byte, offset, number int) bool {
	if offset < 0 || offset >= len(data) {
		return false
	}
	text := strings.TrimLeft(string(data[offset:min(len(data), offset+24)]), " \r\n\t")
	return strings.HasPrefix(text, strconv.Itoa(number)+" ")
}
