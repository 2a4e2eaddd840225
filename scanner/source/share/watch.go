package share

import (
	"context"
	"log/slog"
	"time"

	"brevvagt/detectors"
	"brevvagt/scanner"
)

// Folder is a source that walks a folder at intervals and hands over what is new
// or changed since the last walk. What it has seen is kept in memory: after a
// restart everything is read once more.
type Folder struct {
	Path  string
	Every time.Duration // between the end of a walk and the next one
	Limit int64         // bytes read of one file
	Log   *slog.Logger
	// Done is called with every outcome, for reports; it may be nil.
	Done func(path string, out scanner.Outcome)

	seen map[string]File
}

// Run walks until ctx ends. One file's failure never stops the walk.
func (f *Folder) Run(ctx context.Context, handle scanner.Handler) error {
	f.seen = make(map[string]File)
	for {
		f.walk(ctx, handle)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(f.Every):
		}
	}
}

func (f *Folder) walk(ctx context.Context, handle scanner.Handler) {
	files, errs := List([]string{f.Path})
	for _, err := range errs {
		f.Log.Warn("share", "error", detectors.RedactNumbers(err.Error()))
	}
	now := make(map[string]File, len(files))
	for _, file := range files {
		if ctx.Err() != nil {
			return
		}
		if f.seen[file.Path] == file || f.read(ctx, file, handle) {
			now[file.Path] = file
		}
	}
	f.seen = now
}

// read scans one file and reports whether it is done; a file that failed is tried
// again at the next walk.
func (f *Folder) read(ctx context.Context, file File, handle scanner.Handler) bool {
	name := detectors.RedactNumbers(file.Path)
	it, err := file.Item(f.Limit)
	if err != nil {
		f.Log.Warn("share", "file", name, "error", detectors.RedactNumbers(err.Error()))
		return false
	}
	out, err := handle(ctx, it)
	if err != nil {
		f.Log.Warn("share", "file", name, "error", err)
		return false
	}
	f.Log.Info("share", "file", name, "verdict", out.Verdict.Action, "persons", len(out.Subjects), "gaps", len(out.Gaps), "ms", out.Took.Milliseconds())
	if f.Done != nil {
		f.Done(file.Path, out)
	}
	return true
}
