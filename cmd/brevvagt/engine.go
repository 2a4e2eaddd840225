package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"brevvagt/detectors"
	"brevvagt/document"
	formatlist "brevvagt/document/all"
	"brevvagt/document/isolate"
	"brevvagt/document/seen"
	"brevvagt/scanner"
	"brevvagt/scanner/memory"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/letters"
)

// engineOptions choose how items are read and judged.
type engineOptions struct {
	Site           policy.Site
	AsOf           time.Time // zero means today
	NoOCR          bool
	Workers        int
	Key            detectors.Key // digest key; a random one when zero
	Limits         document.Limits
	PDFCache       string         // folder for compiled code; "" is the user's cache folder
	Seen           *seen.Cache    // what was read before; nil reads everything anew
	Memory         *memory.Memory // of earlier mails; nil judges each by itself
	HoldUnfinished bool
	DeepTime       time.Duration // for reading an item whose sender does not wait
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
	cfg := isolate.Config{Workers: max(1, o.Workers)}
	if o.NoOCR {
		command = append(command, "--no-ocr")
	}
	cache := pdfCache(o.PDFCache)
	if cache != "" {
		command = append(command, "--pdf-cache", cache)
		cfg.ReadOnly = []string{cache}
	}
	cfg.Command = command
	pool, err := isolate.New(cfg)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Key.IsZero() {
		o.Key = detectors.RandomKey()
	}
	judged, err := newJudging(o.Site, o.Key)
	if err != nil {
		_ = pool.Close()
		return nil, err
	}
	isolated := pool.Format
	if o.Seen != nil {
		isolated = func(f document.Format) document.Format { return o.Seen.Format(pool.Format(f)) }
	}
	formats := letters.Formats(formatlist.Formats(formatlist.Options{Isolate: isolated, NoOCR: o.NoOCR, PDFCache: cache}))
	return &engine{pool: pool, pipeline: &scanner.Pipeline{
		Formats:   &document.Formats{List: formats, Limits: o.Limits, Spill: os.TempDir()},
		Detectors: &detectors.Set{List: judged.detectors, Key: o.Key},
		Site:      o.Site, Rules: judged.rules, Owners: judged.owners(), Actions: o.Actions,
		Now: o.Now, AsOf: o.AsOf, HoldUnfinished: o.HoldUnfinished, Memory: o.Memory, Relate: letters.Enclosed,
		Deep: &document.Formats{List: formats, Limits: deepLimits(o), Spill: os.TempDir()},
	}}, nil
}

// deepLimits are the limits where nobody waits.
func deepLimits(o engineOptions) document.Limits {
	l := o.Limits
	l.Time = max(l.Time, o.DeepTime)
	return l
}

// pdfCache makes sure that the PDF engine's compiled code lies in dir, which takes
// two seconds the first time and saves them at every start of a worker. A child
// does it, so that its 300 MB are not ours. A cache that cannot be had only costs
// those seconds: then there is none.
func pdfCache(dir string) string {
	if dir == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(base, "brevvagt", "pdf")
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return dir
	}
	self, err := os.Executable()
	if err != nil || exec.Command(self, "worker", "--warm", dir).Run() != nil {
		return ""
	}
	return dir
}

func (e *engine) Close() { _ = e.pool.Close() }
