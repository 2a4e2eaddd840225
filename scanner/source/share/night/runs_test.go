package night

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/share/state"
)

// TestRunsOnAShare: a list is judged with the letters beside it and below, its
// outcome carries what is wrong, and it is judged anew when it is read again after a
// letter changed.
func TestRunsOnAShare(t *testing.T) {
	r := newRig(t)
	db := r.open()
	r.now = later(time.Minute)
	r.write("kørsel/liste.csv", "Navn;Fil\nTestperson Prøve;brev.txt\n")
	r.write("kørsel/brev.txt", "Brevet er til en anden.")
	r.write("kørsel/bilag/bilag.txt", "Bilag.")
	r.write("alene.csv", "Navn;Beløb\nTestperson Prøve;7\n")
	scan := func() (calls [][]string, read []string) {
		s, sh := r.scanner(db, "en")
		sh.Runs = true
		s.Together = func(ctx context.Context, folder string, names []string, get func(context.Context, string) ([]byte, error)) (scanner.Outcome, bool, error) {
			calls = append(calls, names)
			data, err := get(ctx, "brev.txt")
			if err != nil {
				return scanner.Outcome{}, false, nil // the root's list has no letters
			}
			read = append(read, string(data))
			return scanner.Outcome{Kind: "letter", Verdict: policy.Verdict{Action: policy.Hold, Rules: []policy.Rule{{ID: "addressee-mismatch", Action: policy.Hold}}},
				Findings: []detectors.Finding{{Detector: "addressee-mismatch", Category: "wrong-person", Strength: detectors.Strong, At: document.Location{Path: "kørsel/brev.txt"}}}}, true, nil
		}
		run, err := s.Run(t.Context(), sh, time.Now(), t.Context())
		must(t, err)
		if run.Stage != state.Finished {
			t.Fatalf("the run is %s", run.Stage)
		}
		return calls, read
	}
	calls, read := scan()
	if !slices.ContainsFunc(calls, func(n []string) bool {
		return slices.Equal(n, []string{"brev.txt", "liste.csv", "bilag/bilag.txt"})
	}) || strings.Join(read, "|") != "Brevet er til en anden." {
		t.Errorf("judged together %v, read %q", calls, read)
	}
	if got := strings.Join(hits(t, db), "\n"); !strings.Contains(got, "kørsel/liste.csv") || !strings.Contains(got, "addressee-mismatch") || strings.Contains(got, "alene.csv") {
		t.Errorf("findings: %s", got)
	}
	if calls, _ = scan(); len(calls) != 0 {
		t.Errorf("an unchanged night judged %v", calls)
	}
	// The same list written again beside another letter is no list that is known.
	r.now = later(3 * time.Minute)
	r.write("kørsel/brev.txt", "Et andet brev.")
	must(t, os.Chtimes(r.write("kørsel/liste.csv", "Navn;Fil\nTestperson Prøve;brev.txt\n"), time.Now(), time.Now().Add(time.Second)))
	if _, read = scan(); strings.Join(read, "|") != "Et andet brev." {
		t.Errorf("after a change read %q", read)
	}
}

func TestNoRunsWhereNotAsked(t *testing.T) {
	r := newRig(t)
	r.write("liste.csv", "Navn;Fil\nTestperson Prøve;brev.txt\n")
	r.write("brev.txt", "Brev.")
	s, sh := r.scanner(r.open(), "en")
	s.Together = func(context.Context, string, []string, func(context.Context, string) ([]byte, error)) (scanner.Outcome, bool, error) {
		t.Error("judged together on a share that is not looked at for runs")
		return scanner.Outcome{}, false, nil
	}
	if _, err := s.Run(t.Context(), sh, time.Now(), t.Context()); err != nil {
		t.Fatal(err)
	}
}
