package review

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/cmd/brevvagt/shares/board"
	"brevvagt/detectors"
	detectorlist "brevvagt/detectors/all"
	"brevvagt/document"
	"brevvagt/document/plain"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/share/state"
)

// drives are two real shares that were scanned, and a third whose folder is missing;
// whoever scans a file with "venter" in its name waits for go.
type drives struct {
	*shares.Shares
	dir string
	go_ chan struct{}
}

const attackName = `<img src=x onerror=alert(1)>.txt`

func newDrives(t testing.TB) *drives {
	t.Helper()
	d := &drives{dir: t.TempDir(), go_: make(chan struct{})}
	number := 0
	file := func(path string, mode os.FileMode, years, people int) {
		var b strings.Builder
		for range people {
			number++
			fmt.Fprintf(&b, "Sag %d\nCPR-nr. %s har søgt om hjælp.\n\n", number, sample.Number(number))
		}
		path = filepath.Join(d.dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), mode); err != nil {
			t.Fatal(err)
		}
		at := time.Now().AddDate(-years, 0, -2)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	file("faelles/Borgerservice/gammel liste.txt", 0o644, 6, 40)
	file("faelles/Borgerservice/ny.txt", 0o640, 0, 3)
	file("faelles/Jobcenter/noter.txt", 0o600, 2, 1)
	file("faelles/Jobcenter/"+attackName, 0o644, 2, 9)
	file("faelles/tomt.txt", 0o644, 0, 0)
	file("sager/a.txt", 0o640, 0, 1)
	key, err := detectors.NewKey([]byte("prøvens nøgle på mindst 32 bytes...."))
	if err != nil {
		t.Fatal(err)
	}
	p := &scanner.Pipeline{Formats: &document.Formats{List: plain.Formats()}, Detectors: &detectors.Set{List: detectorlist.Detectors(), Key: key},
		Site: policy.DefaultSite(), Rules: policy.Default(), Now: time.Now}
	log := slog.New(slog.DiscardHandler)
	cfg := config.Config{State: filepath.Join(d.dir, "state"), Site: p.Site, Shares: []config.Share{{Name: "fælles", Path: filepath.Join(d.dir, "faelles"), At: "20:00"},
		{Name: "sager", Path: filepath.Join(d.dir, "sager"), At: "21:00"}, {Name: "væk", Path: filepath.Join(d.dir, "Hansen, Peter"), At: "22:00"}}}
	w := shares.Worker{Pipeline: p, Version: "prøve", Log: log, Done: func(path string, _ scanner.Outcome) {
		if strings.Contains(path, "venter") {
			<-d.go_
		}
	}}
	if d.Shares, err = w.Open(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.Run(t.Context(), []string{"fælles", "sager"}, io.Discard); err != nil {
		t.Fatal(err)
	}
	if err := d.Run(t.Context(), []string{"væk"}, io.Discard); err == nil {
		t.Fatal("a folder that is missing was scanned")
	}
	for n := range 140 { // results are stored 64 at a time
		file(fmt.Sprintf("sager/ny%d.txt", n), 0o644, 0, n%2)
	}
	file("sager/venter.txt", 0o644, 0, 1)
	return d
}

// half begins a scan of sager and waits until it is under way; the scan ends when the
// function that is returned is called.
func (d *drives) half(t testing.TB) (end func()) {
	t.Helper()
	over := make(chan error, 1)
	go func() { over <- d.Run(context.WithoutCancel(t.Context()), []string{"sager"}, io.Discard) }()
	for limit := time.Now().Add(3 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		list, err := d.Standings(t.Context(), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if st := list[1]; st.Stage == shares.Running && st.Last.Done > 0 && st.Last.Stage == state.Working {
			break
		}
		if time.Now().After(limit) {
			t.Fatalf("the scan is not under way after a minute: %+v", list)
		}
	}
	return func() {
		t.Helper()
		close(d.go_)
		if err := <-over; err != nil {
			t.Error(err)
		}
	}
}

func TestSharesByRole(t *testing.T) {
	d := newDrives(t)
	r := newRig(t)
	if _, body := r.as(t, "dpo").get("/"); strings.Contains(body, `href="/drev"`) {
		t.Error("an installation without shares has their page in the menu")
	}
	_, body := r.as(t, "dpo").get("/drev")
	contains(t, body, "Ingen delte drev er sat op")

	r = newRigWith(t, d)
	dpo, ops := r.as(t, "dpo"), r.as(t, "operator")
	_, body = dpo.get("/drev")
	contains(t, body, `href="/drev" aria-current`, "5 filer med fund om 54 personer ligger på drevene", "fælles", "Fejlet", "Drevet svarer ikke eller findes ikke", "Hansen, Peter", "Varmekort", "Nat for nat")
	if strings.Contains(body, "gammel liste") {
		t.Error("a path is on the overview")
	}
	_, body = ops.get("/drev")
	contains(t, body, "fælles", "4 filer med fund", "Drevet svarer ikke", "Sæt på pause", "Nat for nat")
	for _, no := range []string{"Hansen", "Varmekort", "/drev/filer", "udtraek", "gammel"} {
		if strings.Contains(body, no) {
			t.Errorf("operations see %q", no)
		}
	}
	_, body = dpo.get("/drev/filer?drev=f%C3%A6lles&hvem=alle&alder=gammel")
	contains(t, body, "1 fil med fund", "Borgerservice/gammel liste.txt", "40 personer", "Alle kan læse", "kritisk")
	if strings.Contains(body, "ny.txt") || strings.Contains(body, sample.Number(1)) {
		t.Error("the list holds what it is not about")
	}
	_, body = dpo.get("/drev/filer?drev=findes-ikke")
	contains(t, body, "0 filer med fund", "Ingen filer passer")
	_, body = dpo.get("/drev/filer?drev=" + strings.Repeat("x", 600) + "&hvem=%00&alder=nej")
	contains(t, body, "5 filer med fund")
	if _, body = dpo.get("/drev/udtraek/csv?drev=sager"); !strings.Contains(body, "a.txt") || strings.Contains(body, "Borgerservice") || strings.Contains(body, sample.Number(54)) {
		t.Errorf("the CSV of one share: %s", body)
	}
	if status, body := dpo.get("/drev/udtraek/xlsx"); status != http.StatusOK || !strings.HasPrefix(body, "PK") {
		t.Errorf("the workbook: status %d", status)
	}
	if status, _ := dpo.get("/drev/udtraek/exe"); status != http.StatusNotFound {
		t.Errorf("an unknown format: status %d", status)
	}

	_, body = ops.post("/drev/pause", "drev", "fælles")
	contains(t, body, "Drevet er sat på pause", "På pause", `action="/drev/fortsaet"`)
	if src, err := d.DB.Source(t.Context(), "fælles"); err != nil || !src.Paused {
		t.Errorf("not paused: %v", err)
	}
	ops.post("/drev/fortsaet", "drev", "fælles")
	if src, err := d.DB.Source(t.Context(), "fælles"); err != nil || src.Paused {
		t.Errorf("still paused: %v", err)
	}
	if status, _ := ops.post("/drev/pause", "drev", "ukendt"); status != http.StatusNotFound {
		t.Errorf("an unknown share: status %d", status)
	}
	lines, err := r.service.Ledger().Page(t.Context(), 0, 10)
	if err != nil || len(lines) != 2 || lines[0].Verb != "share-paused" || lines[0].Actor != "operator" || lines[1].Verb != "share-resumed" {
		t.Errorf("the ledger: %v, %v", lines, err)
	}
}

// newRigWith is the page over shares.
func newRigWith(t testing.TB, d *drives) *rig {
	t.Helper()
	r := newRig(t)
	b := &board.Board{Now: func() *shares.Shares { return d.Shares }, Store: r.db, Ledger: r.service.Ledger()}
	r.server.shares.Source = b.Source()
	r.restart(t)
	return r
}

// drivesInBrowser sees a scan come to its end without a click.
func drivesInBrowser(t *testing.T, browser context.Context) {
	t.Parallel() // it waits more than it works
	d := newDrives(t)
	end := d.half(t)
	r := newRigWith(t, d)
	live := signedIn(t, browser, r, "dpo", "da")
	live.open("/drev")
	live.says("Scanner nu", "1 proces arbejder")
	live.shot("drev", 900)
	live.shot("bred-drev", 0)
	end()
	run(live, chromedp.Poll[bool](`!document.getElementById("drevene").textContent.includes("Scanner nu")`))
	live.submit(chromedp.Click(css(".bv-heat-3 a")))
	live.says("gammel liste.txt", "Alle kan læse")
	live.quiet()
}
