package main

import (
	"os"
	"path/filepath"
	"time"

	"brevvagt/detectors"
	detectorlist "brevvagt/detectors/all"
	"brevvagt/document"
	formatlist "brevvagt/document/all"
	"brevvagt/document/isolate"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
)

// engineOptions choose how items are read and judged.
type engineOptions struct {
	Site           policy.Site
	AsOf           time.Time // zero means today
	NoOCR          bool
	Workers        int
	Key            detectors.Key // digest key; a random one when zero
	Limits         document.Limits
	HoldUnfinished bool
	Actions        []scanner.Action
	Now            func() time.Time
}

// engine is a pipeline with the worker processes it needs.
type engine struct {
	pipeline *scanner.Pipeline
	pool     *isolate.Pool
}

// workerCommand starts this program again as a worker.
func workerCommand() ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return []string{self, "worker"}, nil
}

func newEngine(o engineOptions) (*engine, error) {
	command, err := workerCommand()
	if err != nil {
		return nil, err
	}
	cache := pdfCacheDir()
	if o.NoOCR {
		command = append(command, "--no-ocr")
	}
	command = append(command, "--pdf-cache", cache)
	pool, err := isolate.New(isolate.Config{Command: command, Workers: max(1, o.Workers), ReadOnly: []string{cache}})
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Key.IsZero() {
		o.Key = detectors.RandomKey()
	}
	formats := formatlist.Formats(formatlist.Options{Isolate: pool.Format, NoOCR: o.NoOCR, PDFCache: cache})
	return &engine{pool: pool, pipeline: &scanner.Pipeline{
		Formats:   &document.Formats{List: formats, Limits: o.Limits},
		Detectors: &detectors.Set{List: detectorlist.Detectors(), Key: o.Key},
		Site:      o.Site, Rules: policy.Default(), Actions: o.Actions,
		Now: o.Now, AsOf: o.AsOf, HoldUnfinished: o.HoldUnfinished,
	}}, nil
}

// pdfCacheDir holds the PDF engine's compiled code, which takes two seconds to
// make and nothing to load. A failure to find one only costs those seconds.
func pdfCacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "brevvagt", "pdf")
}

func (e *engine) Close() { _ = e.pool.Close() }
