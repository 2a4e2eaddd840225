// Package letters reads runs of letters on their way to Digital Post or to print:
// a folder or archive with the letters and a list of recipients, one merged file
// beside such a list, or MeMo messages. It compares every letter with the person
// who is to get it.
//
// Glossary: a recipient is a row of the list or the Recipient of a MeMo message; a
// letter's own addressee is who its address block names.
package letters

import (
	"context"
	"path"
	"slices"
	"time"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/letters/compare"
	"brevvagt/scanner/source/letters/memo"
)

// Formats gives formats with that of Digital Post before them, whose messages hold files.
func Formats(list []document.Format) []document.Format {
	return slices.Concat([]document.Format{memo.Format{}}, list)
}

// Enclosed compares the letters that a mail takes to those who print or send them with the
// list beside them: it is a pipeline's Relate where nothing else is a run.
func Enclosed(key detectors.Key, asOf time.Time, out *scanner.Outcome) *policy.Run {
	return compare.Enclosed(key, asOf, out)
}

// Install makes a pipeline compare the letters of every item that is a run of them with
// their recipients. Its formats are those of Formats.
func Install(p *scanner.Pipeline) { p.Relate = compare.Relate }

// Judge judges files that lie together, by their names below a folder, as one run of
// letters; ok is false when they are none. read gives a file's content.
func Judge(ctx context.Context, p *scanner.Pipeline, folder string, names []string, read func(ctx context.Context, name string) ([]byte, error)) (out scanner.Outcome, ok bool, err error) {
	judge := *p
	judge.Actions = nil
	Install(&judge)
	f := Folder{Path: folder}
	out, err = judge.HandleRead(ctx, scanner.Item{Source: "letters", ID: folder, Name: path.Base(folder), Received: p.Now()}, func() *document.Document {
		all := &document.Document{}
		for _, name := range names {
			if ctx.Err() != nil {
				break
			}
			data, err := read(ctx, name)
			join(all, f.content(ctx, judge.Formats, path.Base(folder)+"/"+name, data, err))
		}
		return all
	})
	if err == nil {
		err = ctx.Err()
	}
	return out, out.Kind == "letter", err
}

// Read reads the files of a folder as one document: each file is read as if it
// stood alone, with the limits of one item.
func Read(ctx context.Context, p *scanner.Pipeline, folder Folder, jobs int) *document.Document {
	docs := make([]*document.Document, len(folder.Files))
	each(len(docs), jobs, func(i int) {
		docs[i] = folder.read(ctx, p.Formats, folder.Files[i])
	})
	all := &document.Document{}
	for _, d := range docs {
		join(all, d)
	}
	return all
}

func join(all, d *document.Document) {
	all.Segments = append(all.Segments, d.Segments...)
	all.Gaps = append(all.Gaps, d.Gaps...)
	all.Seals = append(all.Seals, d.Seals...)
	all.Parts = append(all.Parts, d.Parts...)
	all.Pictures = append(all.Pictures, d.Pictures...)
}
