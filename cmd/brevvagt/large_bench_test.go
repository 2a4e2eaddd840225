package main

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/sample"
)

// largeShape makes a file whose last text is a person's number; n says how much is
// before it: rows, lines or megabytes.
type largeShape struct {
	name, ext string
	n         int // at full size: all that a reader holds, or nearly the 256 MB behind which a part of an item is a gap
	write     func(w io.Writer, n int)
}

func largeShapes() []largeShape {
	return []largeShape{
		{"docx-paragraphs", "docx", 3_000_000, docxOf("<w:p><w:r><w:t>%s %d</w:t></w:r></w:p>", "", "")},
		{"docx-table", "docx", 400_000, docxOf("<w:tr>"+strings.Repeat("<w:tc><w:p><w:r><w:t>%[1]s %[2]d</w:t></w:r></w:p></w:tc>", 8)+"</w:tr>", tableHead, "</w:tbl>")},
		{"xlsx-cells", "xlsx", 1_000_000, xlsxOf("", strings.Repeat("<c><v>%[2]d</v></c>", 10))},
		{"xlsx-strings", "xlsx", 4_000_000, xlsxOf("<si><t>%s %d</t></si>", `<c t="s"><v>%[2]d</v></c>`)},
		{"xml", "xml", 4_000_000, lines(`<?xml version="1.0"?><rod>`, "<person><navn>%s</navn><id>%d</id></person>\n", "<t>%s</t></rod>")},
		{"json", "json", 6_000_000, lines("[", "{\"navn\":\"%s\",\"id\":%d},\n", "{\"t\":%q}]")},
		{"html", "html", 8_000_000, lines("<html><body>", "<p>%s %d</p>\n", "<p>%s</p></body></html>")},
		{"zip", "zip", 30_000_000, func(w io.Writer, n int) {
			zipped(w, []zipEntry{{"log.txt", func(w io.Writer) { lines("", "%s sag %d\n", "%s\n")(w, n) }}})
		}},
		{"mbox", "mbox", 190_000, lines("", "From a@b.example Mon Jan  2 15:04:05 2006\nFrom: a@b.example\nSubject: Møde\nContent-Type: text/plain; charset=utf-8\n\n"+strings.Repeat("Mødet om %[1]s er flyttet, sagen ligger på kontoret.\n", 20)+"%[2]d\n\n", "From a@b.example Mon Jan  2 15:04:05 2006\nFrom: a@b.example\nSubject: Sag\n\n%s\n")},
	}
}

// tableHead makes a table look like a list of recipients.
const tableHead = `<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Navn</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Adresse</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Postnr.</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>By</w:t></w:r></w:p></w:tc></w:tr>`

// lines repeats a line with a word and a number in it.
func lines(before, line, last string) func(io.Writer, int) {
	words := strings.Fields("borger afgørelse kommune bevilling ansøgning tilskud notat skole udvalg referat plan indsats")
	return func(w io.Writer, n int) {
		io.WriteString(w, before)
		for i := range n {
			fmt.Fprintf(w, line+"%.0[1]s%.0[2]d", words[i%len(words)], i)
		}
		fmt.Fprintf(w, last, "CPR-nr. "+sample.Number(1))
	}
}

type zipEntry struct {
	name  string
	write func(io.Writer)
}

func zipped(w io.Writer, entries []zipEntry) {
	z := zip.NewWriter(w)
	for _, e := range entries {
		f, err := z.Create(e.name)
		if err != nil {
			return // the writer of the file says it, too
		}
		b := bufio.NewWriterSize(f, 1<<20)
		e.write(b)
		b.Flush()
	}
	z.Close()
}

func text(s string) func(io.Writer) { return func(w io.Writer) { io.WriteString(w, s) } }

const relationsNS = `xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`

func packageOf(main, kind string, parts ...zipEntry) []zipEntry {
	return append([]zipEntry{
		{"[Content_Types].xml", text(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/` + main + `" ContentType="application/vnd.openxmlformats-officedocument.` + kind + `.main+xml"/></Types>`)},
		{"_rels/.rels", text(`<Relationships ` + relationsNS + `><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="` + main + `"/></Relationships>`)},
	}, parts...)
}

func docxOf(line, before, after string) func(io.Writer, int) {
	return func(w io.Writer, n int) {
		zipped(w, packageOf("word/document.xml", "wordprocessingml.document", zipEntry{"word/document.xml", func(w io.Writer) {
			lines(`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`+before, line, after+"<w:p><w:r><w:t>%s</w:t></w:r></w:p></w:body></w:document>")(w, n)
		}}))
	}
}

func xlsxOf(shared, cells string) func(io.Writer, int) {
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	return func(w io.Writer, n int) {
		rows := n
		parts := []zipEntry{
			{"xl/workbook.xml", text(`<workbook ` + ns + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Ark1" sheetId="1" r:id="r1"/></sheets></workbook>`)},
			{"xl/_rels/workbook.xml.rels", text(`<Relationships ` + relationsNS + `><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`)},
		}
		if shared != "" {
			parts = append(parts, zipEntry{"xl/sharedStrings.xml", func(w io.Writer) { lines(`<sst `+ns+`>`, shared, "%.0s</sst>")(w, n) }})
			rows = n / 10
		}
		parts = append(parts, zipEntry{"xl/worksheets/sheet1.xml", func(w io.Writer) {
			lines(`<worksheet `+ns+`><sheetData>`, "<row>"+cells+"</row>", `<row><c t="inlineStr"><is><t>%s</t></is></c></row></sheetData></worksheet>`)(w, rows)
		}})
		zipped(w, packageOf("xl/workbook.xml", "spreadsheetml.sheet", parts...))
	}
}

// file writes the shape with n rows into dir and returns its path.
func (s largeShape) file(t testing.TB, dir string, n int) string {
	t.Helper()
	path := filepath.Join(dir, s.name+"."+s.ext)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	b := bufio.NewWriterSize(f, 1<<20)
	s.write(b, n)
	if err := b.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// treeMemory is the memory in MB that a process and those it started hold for themselves,
// without the pages of files, which the system takes back when it needs them.
func treeMemory(pid int) (mb float64) {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // one that is gone holds nothing
	if _, rest, ok := strings.Cut(string(status), "RssAnon:"); ok {
		kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
		mb = kb / 1024
	}
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		children, _ := os.ReadFile(list)
		for child := range strings.FieldsSeq(string(children)) {
			if n, err := strconv.Atoi(child); err == nil {
				mb += treeMemory(n)
			}
		}
	}
	return mb
}

// peakUntil is the highest memory of a process and those it started until done is closed.
func peakUntil(pid int, done <-chan struct{}) (mb float64) {
	for {
		mb = max(mb, treeMemory(pid))
		select {
		case <-done:
			return mb
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// scanPeak scans a file with the program and returns its highest memory in MB. The
// number at the end of the file must be found.
func scanPeak(t testing.TB, path string) float64 {
	t.Helper()
	var out lockedBuffer
	cmd := program(&out, "scan", "--format", "jsonl", path)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = cmd.Wait() }() // what it found is looked at
	peak := peakUntil(cmd.Process.Pid, done)
	if !strings.Contains(out.String(), `"detector":"cpr"`) {
		t.Errorf("%s: the number at the end is not found:\n%s", filepath.Base(path), tail(out.String(), 1000))
	}
	return peak
}

// sharePeak has a daemon scan the folder and returns its highest memory in MB, workers
// included.
func sharePeak(t testing.TB, dir string) float64 {
	t.Helper()
	in := install(t, fmt.Sprintf("gateway: {}\nshares:\n  - {name: store, path: %s, every: 1000h}\n", dir))
	in.daemon = program(&in.log, "serve", "--config", in.config)
	if err := in.daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(in.stop)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for end := time.Now().Add(10 * patience); time.Now().Before(end) && !strings.Contains(in.log.String(), "share scanned"); {
			time.Sleep(10 * time.Millisecond)
		}
	}()
	peak := peakUntil(in.daemon.Process.Pid, done)
	if log := in.log.String(); !strings.Contains(log, "share scanned") || !strings.Contains(log, "with_findings=1") {
		t.Errorf("the number at the end is not found:\n%s", tail(log, 2000))
	}
	return peak
}

// BenchmarkLarge reports the highest memory, workers included, of `scan` on one large
// file of each shape, and of a daemon in whose share it lies: under 300 MB is wanted.
// The files are a tenth of their size; BREVVAGT_LARGE=1 makes them whole.
func BenchmarkLarge(b *testing.B) {
	part := 10
	if os.Getenv("BREVVAGT_LARGE") != "" {
		part = 1
	}
	for _, s := range largeShapes() {
		b.Run(s.name, func(b *testing.B) {
			for b.Loop() {
				dir := b.TempDir()
				path := s.file(b, dir, s.n/part)
				size := fileSize(b, path)
				b.ReportMetric(float64(size)/(1<<20), "MB-file")
				b.ReportMetric(scanPeak(b, path), "MB-scan")
				b.ReportMetric(sharePeak(b, dir), "MB-share")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

func fileSize(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestLongTableTakesLittleMemory: the cells of a long table are held once or twice and
// not again for every question that is asked of them, such as whether the table lists the
// recipients of letters.
func TestLongTableTakesLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a long table")
	}
	for _, s := range largeShapes() {
		if s.name != "docx-table" {
			continue
		}
		few, many := scanPeak(t, s.file(t, t.TempDir(), 10)), scanPeak(t, s.file(t, t.TempDir(), 15_000))
		t.Logf("%.0f MB with 80 cells, %.0f MB with 120,000", few, many)
		if many > few+160 {
			t.Errorf("%.0f MB with 80 cells, %.0f MB with 120,000", few, many)
		}
	}
}
