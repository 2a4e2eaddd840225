package night

import (
	"context"
	"encoding/binary"
	"errors"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"brevvagt/detectors"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/share/found"
	"brevvagt/scanner/source/share/large"
	"brevvagt/scanner/source/share/seal"
	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
)

// readTries is how often a file that changes while it is read is read again.
const readTries = 3

// read does one file; ok is false when it was cut off and stays queued. The only
// error is that the share cannot be reached any more.
func (s *Scanner) read(ctx context.Context, sh *Share, run state.Run, o *state.Object) (r state.Result, ok bool, err error) {
	r = state.Result{Object: *o}
	size := min(max(o.Size, 0), sh.Limit) + 1
	if o.Size < 0 {
		size = min(unknownBytes, sh.Limit)
	}
	if err := s.Memory.Acquire(ctx, min(size, MemoryBytes)); err != nil {
		return r, false, nil
	}
	defer s.Memory.Release(min(size, MemoryBytes))
	read, now, err := content(ctx, sh, o)
	if out := sh.shutOut(ctx, err); out != nil {
		err = out
	}
	switch {
	case ctx.Err() != nil:
		return r, false, nil
	case errors.Is(err, walk.ErrOffline):
		return r, false, err
	case errors.Is(err, walk.ErrGone):
		r.Gone = true
		return r, true, nil
	case err != nil:
		r.Trouble = trouble(err)
		s.Log.Warn("file not read", "share", sh.Name, "file", hide(sh.Show(o.Path)), "why", r.Trouble, "error", detectors.RedactNumbers(err.Error()))
		return r, true, nil
	}
	defer read.Done()
	r.Now, r.Racy = now, racy(run, now)
	beside := s.around(ctx, sh, o)
	r.Content = s.contentKey(sh, o, read.Data, now.Size, beside)
	if beside == nil && o.Unchanged && o.Content != "" && o.Version == run.Version && r.Content != o.Content && o.Same(now) && !r.Racy {
		s.Log.Warn("file changed although its times did not", "share", sh.Name, "file", hide(sh.Show(o.Path)))
	}
	if err := s.judge(ctx, sh, run, o, read, beside, &r); err != nil {
		if ctx.Err() != nil {
			return r, false, nil
		}
		r.Trouble = walk.TroubleScan
		s.Log.Warn("file not scanned", "share", sh.Name, "file", hide(sh.Show(o.Path)), "error", detectors.RedactNumbers(err.Error()))
	}
	return r, true, nil
}

// unknownBytes is what a file is counted as whose storage does not tell its size.
const unknownBytes = 8 << 20

var errChanging = errors.New("the file changes while it is read")

func trouble(err error) string {
	if errors.Is(err, errChanging) {
		return walk.TroubleChanging
	}
	return walk.TroubleOf(err)
}

// content reads a file that does not change meanwhile: its fingerprint is taken
// before and after, and the one before is what is kept. At the first try what the walk
// saw is the one before, so that a file over the net costs a question less.
func content(ctx context.Context, sh *Share, o *state.Object) (read large.Content, now walk.Entry, err error) {
	if seen := o.Entry; sh.listed.good() && seen.Size >= 0 {
		read, now, err = once(ctx, sh, o.Path, &seen)
		sh.listed.count(err)
		if !errors.Is(err, errChanging) {
			return read, now, err
		}
	}
	for try := range readTries {
		if try > 0 {
			select {
			case <-ctx.Done():
				return large.Content{}, now, ctx.Err()
			case <-time.After(time.Duration(try) * 50 * time.Millisecond):
			}
		}
		if read, now, err = once(ctx, sh, o.Path, nil); !errors.Is(err, errChanging) {
			return read, now, err
		}
	}
	return large.Content{}, now, err
}

// listed counts how often a file was what the walk saw. A server whose listings and
// files show different fingerprints would have every file read twice.
type listed struct{ tried, wrong atomic.Int64 }

func (l *listed) good() bool { return l != nil && l.wrong.Load() < 16+l.tried.Load()/4 }

func (l *listed) count(err error) {
	l.tried.Add(1)
	if errors.Is(err, errChanging) {
		l.wrong.Add(1)
	}
}

// once reads a file once, in memory where no file for large content can be had; seen is
// its fingerprint before, nil to ask for it. Without an error the caller ends what was read.
func once(ctx context.Context, sh *Share, p string, seen *walk.Entry) (read large.Content, now walk.Entry, err error) {
	if read, now, err = opened(ctx, sh, p, seen, sh.Large); errors.Is(err, large.ErrNoRoom) {
		return opened(ctx, sh, p, seen, large.Reader{})
	}
	return read, now, err
}

func opened(ctx context.Context, sh *Share, p string, seen *walk.Entry, with large.Reader) (read large.Content, now walk.Entry, err error) {
	f, err := sh.tree.Open(ctx, p)
	if err != nil {
		return read, now, err
	}
	defer func() {
		if wrong := f.Close(); wrong != nil {
			read.Done()
			read, err = large.Content{}, errors.Join(err, wrong)
		}
	}()
	if seen != nil {
		now = *seen
		now.Name = ""
	} else if now, err = f.Stat(); err != nil {
		return read, now, err
	}
	if err := sh.Rate.Wait(ctx, min(max(now.Size, 0), sh.Limit)); err != nil {
		return read, now, err
	}
	// What is taken away is taken as it is, not as lines of it.
	in := sh.Rate.paced(ctx, f, min(max(now.Size, 0), sh.Limit))
	if read, err = with.Read(in, p, now.Size, sh.Limit, sh.Seize != nil); errors.Is(err, large.ErrShort) {
		err = errChanging
	}
	if err != nil {
		return large.Content{}, now, err
	}
	after, err := f.Stat()
	if err == nil && !now.Same(after) {
		err = errChanging
	}
	if err != nil {
		read.Done()
		return large.Content{}, now, err
	}
	return read, now, nil
}

// contentKey names content together with what else its verdict depends on: its
// ending, by which formats are told; its name where that may hold a number; whether
// it lies in a published folder; and, of a list of recipients, the letters beside it.
func (s *Scanner) contentKey(sh *Share, o *state.Object, data []byte, size int64, beside *around) string {
	h := seal.ContentHash()
	h.Write(data)
	about := strings.ToLower(path.Ext(o.Name)) + "\x00"
	public := sh.Public != nil && sh.Public(sh.Show(o.Path))
	if public {
		about += "public"
	}
	if public || manyDigits(o.Name) {
		about += "\x00" + o.Name
	}
	if beside != nil {
		about += "\x00run\x00" + beside.print
	}
	return s.DB.Keys().Content(h.Sum(nil), binary.LittleEndian.AppendUint64(nil, uint64(size)), []byte(about))
}

// manyDigits reports whether a name could hold a number or a piece of one.
func manyDigits(name string) bool {
	n := 0
	for _, r := range name {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n >= 4
}

// told reports whether all that speaks against a file is that it tells of somebody by name:
// words alone are reported, and take no file away from those who work with it.
func told(out *scanner.Outcome) bool {
	rules := out.Verdict.Rules
	return len(rules) == 1 && rules[0].ID == "file-findings" && !slices.ContainsFunc(out.Findings, func(x detectors.Finding) bool { return x.Category == "national-id" })
}

// judge finds the verdict on content: one that is known, or a new one.
func (s *Scanner) judge(ctx context.Context, sh *Share, run state.Run, o *state.Object, read large.Content, beside *around, r *state.Result) error {
	if s.clean.has(r.Content, run.Version) {
		return nil
	}
	if s.known.maybe(r.Content) {
		stored, ok, err := s.DB.Verdict(ctx, r.Content, run.Version)
		if err != nil {
			return err
		}
		if ok {
			known, err := found.Decode(stored)
			if err != nil {
				return err
			}
			r.Hits = known.Hits()
			if r.Hits <= 0 || sh.Seize == nil || read.Lines {
				return nil
			}
		}
	}
	it := scanner.Item{Source: "share", ID: sh.Show(o.Path), Name: o.Name, Received: time.Unix(0, r.Now.MTime), Content: read.Data, Deep: true, Cut: read.Cut, CutWhy: read.Why}
	out, err := s.Handle(ctx, it)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err() // cut off: its gaps are ours, not the file's
	}
	if err := s.together(ctx, sh, beside, &out); err != nil {
		return err
	}
	kept := findings(o.Name, &out)
	if r.Findings, err = kept.Encode(); err != nil {
		return err
	}
	r.Fresh, r.Hits = true, kept.Hits()
	if r.Hits <= 0 {
		return nil
	}
	s.Log.Info("file with findings", "share", sh.Name, "file", hide(it.ID), "verdict", out.Verdict.Action, "persons", kept.Persons, "gaps", len(out.Gaps))
	if sh.Seize == nil || told(&out) {
		return nil
	}
	if read.Lines {
		s.Log.Warn("file with findings is too large to be taken into quarantine", "share", sh.Name, "file", hide(it.ID))
		return nil
	}
	kase, taken, err := sh.Seize(ctx, it, &out, r.Now)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		// What was found is found, whether the file can be taken away or not: a folder
		// that nobody may write in, no room for the note.
		s.Log.Error("file with findings not taken into quarantine", "share", sh.Name, "file", hide(it.ID), "case", kase, "error", detectors.RedactNumbers(err.Error()))
	}
	r.Case, r.Gone = kase, taken
	r.Racy = r.Racy || !taken // asked again the next night: it may only have been in use
	return nil
}

// findings are the outcome as it is kept.
func findings(name string, out *scanner.Outcome) found.Findings {
	f := found.Findings{Action: string(out.Verdict.Action)}
	for _, r := range out.Verdict.Rules {
		if r.Action.Rank() >= policy.Warn.Rank() {
			f.Rules = append(f.Rules, r.ID)
		}
	}
	var people []string
	for i := range out.Findings {
		x := &out.Findings[i]
		if x.Category == "national-id" && x.Strength.Rank() >= detectors.Medium.Rank() {
			people = append(people, x.Value.Digest())
		}
	}
	slices.Sort(people)
	people = slices.Compact(people)
	f.Persons, f.People = len(people), people[:min(len(people), found.MaxPeople)]
	if slices.Contains(f.Rules, "file-findings") || slices.Contains(f.Rules, "public-exposure") {
		f.Persons = max(1, f.Persons) // somebody's case, by name
	}
	f.Total = len(out.Findings)
	for i := range out.Findings[:min(f.Total, found.MaxFindings)] {
		x := &out.Findings[i]
		f.List = append(f.List, found.Finding{Detector: x.Detector, Strength: string(x.Strength), Value: x.Value.String(),
			Path: hide(strings.TrimPrefix(strings.TrimPrefix(x.At.Path, name), "/")), Page: x.At.Page, Line: x.At.Line, Cell: x.At.Cell, Layer: string(x.At.Layer), OCR: x.At.OCR})
	}
	for _, g := range out.Gaps {
		if f.Gaps == nil {
			f.Gaps = make(map[string]int)
		}
		f.Gaps[string(g.Why)]++
	}
	return f
}
