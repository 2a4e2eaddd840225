package night

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
)

// Together judges files that lie together, named relative to their folder, as one
// run of letters; ok is false when they are none. read gives a file's content.
type Together func(ctx context.Context, folder string, names []string, read func(ctx context.Context, name string) ([]byte, error)) (out scanner.Outcome, ok bool, err error)

// maxRunFiles bounds the files that are read with a list of recipients.
const maxRunFiles = 2000

// listEndings end the names of files that can be the list of a run of letters.
var listEndings = []string{".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".xml", ".json"}

// around is what lies beside a list of recipients: its folder and the folders within.
type around struct {
	folder string // "" for the share's root
	names  []string
	print  string // changes when one of the files does
}

// around looks at what lies beside a file that may be the list of a run of letters. It
// is nil when the share is not looked at for runs, when nothing else lies there, or
// when there is too much for one run.
func (s *Scanner) around(ctx context.Context, sh *Share, o *state.Object) *around {
	if !sh.Runs || s.Together == nil || !slices.Contains(listEndings, strings.ToLower(path.Ext(o.Name))) {
		return nil
	}
	a := &around{}
	if a.folder = path.Dir(o.Path); a.folder == "." {
		a.folder = ""
	}
	top, err := sh.tree.List(ctx, a.folder)
	if err != nil || top.Cut {
		return nil
	}
	var b strings.Builder
	add := func(below string, entries []walk.Entry) {
		for _, e := range entries {
			if e.Kind == walk.Regular && !strings.HasPrefix(e.Name, ".") && len(a.names) <= maxRunFiles {
				a.names = append(a.names, path.Join(below, e.Name))
				fmt.Fprintf(&b, "%s %d %d\n", path.Join(below, e.Name), e.Size, e.MTime)
			}
		}
	}
	add("", top.Entries)
	for _, e := range top.Entries {
		if e.Kind == walk.Folder && len(a.names) <= maxRunFiles {
			if l, err := sh.tree.List(ctx, path.Join(a.folder, e.Name)); err == nil && !l.Cut {
				add(e.Name, l.Entries)
			}
		}
	}
	if len(a.names) < 2 || len(a.names) > maxRunFiles {
		return nil
	}
	a.print = b.String()
	return a
}

// together judges what lies around a list and adds to the list's own outcome what is
// wrong with the run. What cannot be judged leaves the outcome as it is.
func (s *Scanner) together(ctx context.Context, sh *Share, a *around, out *scanner.Outcome) error {
	if a == nil {
		return nil
	}
	run, ok, err := s.Together(ctx, sh.Show(a.folder), a.names, func(ctx context.Context, name string) ([]byte, error) {
		read, _, err := once(ctx, sh, path.Join(a.folder, name), nil)
		if err != nil {
			return nil, err
		}
		defer read.Done()
		return bytes.Clone(read.Data), nil // the run looks at it later
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil || !ok {
		if err != nil {
			s.Log.Warn("run of letters not judged", "share", sh.Name, "folder", hide(sh.Show(a.folder)), "error", detectors.RedactNumbers(err.Error()))
		}
		return nil
	}
	for _, r := range run.Verdict.Rules {
		if r.Action.Rank() >= policy.Warn.Rank() {
			out.Verdict.Rules = append(out.Verdict.Rules, r)
		}
	}
	if run.Verdict.Action.Rank() > out.Verdict.Action.Rank() {
		out.Verdict.Action = run.Verdict.Action
	}
	var wrong []detectors.Finding
	for _, x := range run.Findings {
		if x.Category == "wrong-person" {
			wrong = append(wrong, x)
		}
	}
	// The list's own numbers are many: what is wrong goes before them.
	out.Findings = slices.Concat(wrong, out.Findings)
	s.Log.Info("run of letters", "share", sh.Name, "folder", hide(sh.Show(a.folder)), "files", len(a.names), "verdict", run.Verdict.Action)
	return nil
}
