package scanner_test

import (
	"context"
	"errors"
	"testing"
	"time"

	formatlist "brevvagt/document/all"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/letters"
)

// TestJudge: files that a share hands over are judged as the folder they lie in.
func TestJudge(t *testing.T) {
	ps := people(41, 8, 4000)
	judge := func(members []member, lose string) (policy.Action, bool) {
		data := make(map[string][]byte)
		var names []string
		for _, m := range members {
			data[m.name] = m.data
			names = append(names, m.name)
		}
		out, ok, err := letters.Judge(t.Context(), bareReader(), "/srv/fælles/kørsel", names, func(_ context.Context, name string) ([]byte, error) {
			if name == lose {
				return nil, errors.New("gone")
			}
			return data[name], nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.Verdict.Action, ok
	}
	if a, ok := judge(mergeRun(ps, ps, date), ""); !ok || a != policy.Pass {
		t.Errorf("a right run: %s, %v", a, ok)
	}
	if a, ok := judge(mergeRun(ps, swap(ps, 1, 2), date), ""); !ok || a != policy.Hold {
		t.Errorf("a swapped pair: %s, %v", a, ok)
	}
	if a, ok := judge(mergeRun(ps, ps, date), txt(3)); !ok || a != policy.Warn {
		t.Errorf("a letter that cannot be opened: %s, %v", a, ok)
	}
	if _, ok := judge([]member{{"a.txt", []byte("Referat")}, {"b.csv", []byte("a;b\n1;2\n")}}, ""); ok {
		t.Error("took two files for a run")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	cancel()
	if _, ok, err := letters.Judge(ctx, bareReader(), "/x", []string{"a.txt"}, nil); ok || err == nil {
		t.Error("a cut off judgement counts")
	}
}

// bareReader is the pipeline as a share has it: it knows no letters.
func bareReader() *scanner.Pipeline {
	p := *pipeline()
	formats := *p.Formats
	formats.List = letters.Formats(formatlist.Formats(formatlist.Options{NoOCR: true}))
	p.Formats, p.Relate = &formats, nil
	return &p
}
