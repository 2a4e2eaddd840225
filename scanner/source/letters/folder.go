package letters

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"brevvagt/document"
	"brevvagt/scanner"
	"brevvagt/scanner/source/letters/compare"
	"brevvagt/scanner/source/letters/filekey"
	"brevvagt/scanner/source/letters/list"
	"brevvagt/scanner/source/letters/memo"
)

// Folder is a folder that holds a run of letters.
type Folder struct {
	Path  string
	Files []string // below it, sorted
}

// maxFolderFiles bounds the files of a folder that are read as one run; a larger
// folder is read file by file.
const maxFolderFiles = 20_000

// maxTables is how many tables of a folder are looked at for its list.
const maxTables = 20

// Folders finds, among the files below the given folders, the folders that hold a
// run of letters: nothing but MeMo messages, or letters with one list of
// recipients that speaks of them. Of folders within each other the outermost
// counts. files is sorted; what is in no run is not mentioned.
func Folders(ctx context.Context, p *scanner.Pipeline, roots, files []string, jobs int) []Folder {
	inside := make(map[string][]string)
	for _, root := range roots {
		root = filepath.Clean(root)
		if info, err := os.Stat(root); err != nil || !info.IsDir() {
			continue
		}
		for _, f := range files {
			if rel, err := filepath.Rel(root, f); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
				for dir := filepath.Dir(f); ; dir = filepath.Dir(dir) {
					if !slices.Contains(inside[dir][max(0, len(inside[dir])-1):], f) {
						inside[dir] = append(inside[dir], f)
					}
					if dir == root || dir == filepath.Dir(dir) {
						break
					}
				}
			}
		}
	}
	var dirs []string
	for dir := range inside {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs) // a folder before those within it
	var out []Folder
	for _, dir := range dirs {
		if len(out) > 0 && slices.ContainsFunc(out, func(f Folder) bool { return strings.HasPrefix(dir, f.Path+string(filepath.Separator)) }) {
			continue
		}
		f := Folder{Path: dir, Files: inside[dir]}
		if ctx.Err() == nil && f.isRun(ctx, p, jobs) {
			out = append(out, f)
		}
	}
	return out
}

// isRun decides by the list alone where it names the files, and by reading the
// letters where it does not.
func (f Folder) isRun(ctx context.Context, p *scanner.Pipeline, jobs int) bool {
	files := slices.DeleteFunc(slices.Clone(f.Files), func(s string) bool { return compare.Ignored(filepath.Base(s)) })
	if len(files) < 2 || len(files) > maxFolderFiles || slices.ContainsFunc(files, isMail) {
		return false
	}
	var tables, messages, others []string
	for _, name := range files {
		switch {
		case isMessage(name):
			messages = append(messages, name)
		case list.IsTable(name), list.IsJob(name):
			tables = append(tables, name)
		default:
			others = append(others, name)
		}
	}
	if len(messages) > 1 && len(others) == 0 {
		return true
	}
	if len(messages) > 0 || len(others) == 0 {
		return false
	}
	// Tables deeper down belong to something else. A list may be a Word document, too.
	direct := slices.DeleteFunc(tables, func(t string) bool { return filepath.Dir(t) != f.Path })
	if len(others) == 2 && len(direct) == 0 {
		direct = slices.Clone(others)
	}
	if len(direct) == 0 {
		direct = f.export(ctx, p, others)
	}
	if len(direct) == 0 {
		direct = f.paper(ctx, p, others)
	}
	if len(direct) == 0 {
		_, ok := filekey.NamedAfter(others)
		return ok && f.related(ctx, p, jobs)
	}
	if len(direct) > maxTables {
		return false
	}
	rows, ok := list.Of(Read(ctx, p, Folder{f.Path, direct}, jobs))
	if !ok {
		return false
	}
	labels := make([]string, len(others))
	for i, name := range others {
		labels[i] = f.label(name)
	}
	if rows.HasFiles && filekey.Speaks(rows.Rows, labels) {
		return true
	}
	return f.related(ctx, p, jobs)
}

// export is the one file in the folder itself that is a list of recipients though
// its name is that of a text, nil when there is none.
func (f Folder) export(ctx context.Context, p *scanner.Pipeline, others []string) []string {
	var found []string
	for _, name := range others {
		if list.IsExport(name) && filepath.Dir(name) == f.Path {
			found = append(found, name)
		}
	}
	if len(found) > 1 { // the letters are texts, too
		found = slices.DeleteFunc(found, func(name string) bool { return !namedList(name) })
	}
	if len(found) != 1 {
		return nil
	}
	if _, ok := list.Of(Read(ctx, p, Folder{f.Path, found}, 1)); !ok {
		return nil
	}
	return found
}

// maxPapers is how many files that may be any text are looked at for the list.
const maxPapers = 3

// paper is the one document in the folder itself, as of Word, that is a list of
// recipients: by its name, or as one of few among files of another kind.
func (f Folder) paper(ctx context.Context, p *scanner.Pipeline, others []string) []string {
	var all, lists []string
	for _, name := range others {
		if !list.IsPaper(name) || filepath.Dir(name) != f.Path {
			continue
		}
		all = append(all, name)
		if namedList(name) {
			lists = append(lists, name)
		}
	}
	if len(lists) == 0 && len(all)*(maxPapers+1) <= len(others) {
		lists = all
	}
	if len(lists) > maxPapers {
		return nil
	}
	lists = slices.DeleteFunc(lists, func(name string) bool {
		_, ok := list.Of(Read(ctx, p, Folder{f.Path, []string{name}}, 1))
		return !ok
	})
	if len(lists) != 1 {
		return nil
	}
	return lists
}

// listNames begin the names of files that hold a list; a word that ends with
// "liste" tells one, too.
var listNames = []string{"liste", "udtræk", "udtraek", "modtager", "recipient", "export", "eksport", "adresse", "fletteliste", "flettedata", "cpr", "debitor", "borgere"}

// namedList reports whether a file bears the name of a list.
func namedList(name string) bool {
	base := strings.ToLower(filepath.Base(name))
	if slices.ContainsFunc(listNames, func(w string) bool { return strings.HasPrefix(base, w) }) {
		return true
	}
	return slices.ContainsFunc(strings.FieldsFunc(base, func(r rune) bool { return strings.ContainsRune(" _-.,()", r) }), func(w string) bool { return strings.HasSuffix(w, "liste") || strings.HasSuffix(w, "listen") })
}

// related reads the folder to learn whether its letters are those of the list.
func (f Folder) related(ctx context.Context, p *scanner.Pipeline, jobs int) bool {
	judge := *p
	judge.Actions = nil
	out, err := judge.HandleRead(ctx, f.Item(), func() *document.Document { return Read(ctx, p, f, jobs) })
	return err == nil && out.Kind == "letter"
}

// Item is the folder as one item.
func (f Folder) Item() scanner.Item {
	it := scanner.Item{Source: "letters", ID: f.Path, Name: filepath.Base(f.Path)}
	if info, err := os.Stat(f.Path); err == nil {
		it.Received = info.ModTime()
	}
	return it
}

// label is a file's path as the document has it.
func (f Folder) label(name string) string {
	rel, err := filepath.Rel(f.Path, name)
	if err != nil {
		rel = filepath.Base(name)
	}
	return filepath.Base(f.Path) + "/" + filepath.ToSlash(rel)
}

func isMail(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".eml", ".msg", ".mbox":
		return true
	}
	return false
}

// isMessage looks into an XML file's beginning for a message of Digital Post.
func isMessage(name string) bool {
	if !strings.EqualFold(filepath.Ext(name), ".xml") {
		return false
	}
	file, err := os.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	head, err := io.ReadAll(io.LimitReader(file, 8<<10))
	return err == nil && memo.Format{}.Match(bytes.Clone(head), name)
}

// read reads one file; what cannot be opened is a gap.
func (f Folder) read(ctx context.Context, formats *document.Formats, name string) *document.Document {
	data, err := readFile(name, document.DefaultLimits().PartBytes)
	return f.content(ctx, formats, f.label(name), data, err)
}

// content reads what a file holds, under the path the document has it by.
func (f Folder) content(ctx context.Context, formats *document.Formats, label string, data []byte, err error) *document.Document {
	limit := document.DefaultLimits().PartBytes
	if err != nil {
		return &document.Document{
			Parts: []document.Part{{Path: label}},
			Gaps:  []document.Gap{{At: document.Location{Path: label}, Why: document.Damaged, Detail: "cannot be opened"}},
		}
	}
	read := data[:min(int64(len(data)), limit)]
	doc := formats.Read(ctx, label, read)
	for i := range doc.Parts {
		if p := &doc.Parts[i]; p.SHA256 == "" { // a mail: the letters of a run are compared
			p.SHA256 = document.Sum(read)
		}
	}
	if int64(len(data)) > limit {
		doc.Gaps = append(doc.Gaps, document.Gap{At: document.Location{Path: label}, Why: document.TooBig})
	}
	return doc
}

func readFile(name string, limit int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, limit+1))
}

// each calls f for 0 to n-1, up to jobs at a time.
func each(n, jobs int, f func(i int)) {
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(1, jobs) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}
