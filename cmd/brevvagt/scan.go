package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/report"
	"brevvagt/cmd/brevvagt/turns"
	"brevvagt/document"
	"brevvagt/document/seen"
	"brevvagt/internal/fault"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/letters"
	"brevvagt/scanner/source/share"
)

// scanOptions are the flags of `brevvagt scan`.
type scanOptions struct {
	Format   string
	Site     string
	Internal []string
	Secure   []string
	AsOf     string
	Jobs     int
	Reveal   bool
	NoOCR    bool
}

func newScan() *cobra.Command {
	var o scanOptions
	cmd := &cobra.Command{
		Use:   "scan PATH...",
		Short: "læs filer, mapper og mails og sig, hvad der ville ske; ændrer intet",
		Long: `Læser filer, mapper og mails (.eml som udgående mail) og siger, hvad der ville
ske med dem. Ændrer intet.

Afslutter med 0, når intet ville blive standset, 1 når noget ville, 2 ved forkert
brug, 3 når intet ville blive standset, men noget slet ikke kunne åbnes.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runScan(cmd.Context(), o, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Format, "format", "table", "table, jsonl eller sarif")
	f.StringVar(&o.Site, "site", "", "fil med oplysninger om organisationen (YAML eller JSON)")
	f.StringArrayVar(&o.Internal, "internal-domain", nil, "vores eget domæne (kan gentages); modtagere andre steder er eksterne")
	f.StringArrayVar(&o.Secure, "secure-domain", nil, "domæne, der nås over bevist kryptering (kan gentages)")
	f.StringVar(&o.AsOf, "as-of", "", "dato (ÅÅÅÅ-MM-DD), som fødselsdatoer vurderes ud fra; ellers i dag")
	f.IntVar(&o.Jobs, "jobs", runtime.NumCPU(), "hvor mange filer der læses samtidig")
	f.BoolVar(&o.Reveal, "reveal", false, "vis fundne værdier i klar tekst (til kontrol af et testkorpus)")
	f.BoolVar(&o.NoOCR, "no-ocr", false, "læs ikke tekst i billeder")
	return cmd
}

// runScan scans the paths and writes one result an item, in the order of the
// paths whatever order the work was done in.
func runScan(ctx context.Context, o scanOptions, paths []string, stdout, stderr io.Writer) error {
	boundMemory()
	site, asOf, err := o.resolve()
	if err != nil {
		return err
	}
	rep, err := report.New(o.Format, stdout, version)
	if err != nil {
		return err
	}
	if o.Reveal {
		console.Printf(stderr, "brevvagt: --reveal viser fundne værdier i klar tekst; del ikke udskriften\n")
	}
	eng, err := newEngine(engineOptions{Site: site, AsOf: asOf, NoOCR: o.NoOCR, Workers: max(1, o.Jobs), Seen: seen.New(seen.Config{})})
	if err != nil {
		return placed(o.Site, "", err)
	}
	defer eng.Close()

	letters.Install(eng.pipeline)
	if eng.pipeline.Memory, err = freshMemory(eng.pipeline.Detectors.Key); err != nil {
		return err
	}
	files, unopened := share.List(paths)
	tasks := plan(ctx, eng.pipeline, paths, files, max(1, o.Jobs))
	bar := newBar(stderr, len(tasks))
	t := report.Tally{Unopened: len(unopened)}
	for _, u := range unopened {
		console.Printf(stderr, "brevvagt: %v\n", u)
		rep.Unopened(u.Path, u)
	}
	say := turns.InOrder()
	turns.All(ctx, eng.pipeline, tasks, max(1, o.Jobs), func(i int, out *scanner.Outcome, err error) {
		_ = bar.Add(1)
		name := tasks[i].Path
		if err != nil {
			t.Unopened++
			_ = bar.Clear()
			console.Printf(stderr, "brevvagt: %v\n", err)
			say(i, func() { rep.Unopened(name, err) })
			return
		}
		r := report.NewRecord(name, out, o.Reveal)
		t.Count(r)
		_ = bar.Clear()
		say(i, func() { rep.Item(r) })
	})
	_ = bar.Finish()
	if err := rep.Close(t); err != nil {
		return err
	}
	return exitOf(ctx, t)
}

func (o scanOptions) resolve() (policy.Site, time.Time, error) {
	site := policy.DefaultSite()
	if o.Site != "" {
		data, err := os.ReadFile(o.Site)
		if err != nil {
			return site, time.Time{}, err
		}
		if site, err = policy.ParseSite(data); err != nil {
			return site, time.Time{}, fault.Place(o.Site, data, "", site, err)
		}
	}
	site.InternalDomains = append(site.InternalDomains, o.Internal...)
	site.PartnerDomains = append(site.PartnerDomains, o.Secure...)
	if err := site.Check(); err != nil {
		return site, time.Time{}, err
	}
	if o.AsOf == "" {
		return site, time.Time{}, nil
	}
	asOf, err := time.Parse(time.DateOnly, o.AsOf)
	if err != nil {
		return site, time.Time{}, fmt.Errorf("--as-of %q is no date such as 2026-11-21", o.AsOf)
	}
	return site, asOf, nil
}

// placed gives errors of a site's settings their line in its file, where root is the path of
// the site; other errors keep their words.
func placed(file, root string, err error) error {
	if file == "" || !fault.Known(err) {
		return err
	}
	data, readErr := os.ReadFile(file)
	if readErr != nil {
		return err
	}
	return fault.Place(file, data, root, policy.Site{}, err)
}

// exitOf maps a tally to the exit code of the contract.
func exitOf(ctx context.Context, t report.Tally) error {
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted: not everything was scanned")
	case t.Stopped > 0:
		return exitStopped
	case t.Unopened > 0:
		return exitUnopened
	}
	return nil
}

// plan makes a task of each file, and one of all files of a run of letters.
func plan(ctx context.Context, p *scanner.Pipeline, roots []string, files []share.File, jobs int) []turns.Task {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Path
	}
	runs := make(map[string]letters.Folder) // by each of its files
	for _, f := range letters.Folders(ctx, p, roots, names, jobs) {
		for _, name := range f.Files {
			runs[name] = f
		}
	}
	var tasks []turns.Task
	last := ""
	for _, file := range files {
		folder, ok := runs[file.Path]
		switch {
		case !ok:
			at, mail := turns.MailTime(file.Path)
			tasks = append(tasks, turns.Task{Path: file.Path, At: at, Mail: mail, Scan: func(ctx context.Context) (scanner.Outcome, error) {
				it, done, err := scanItem(ctx, p.Formats, file)
				if err != nil {
					return scanner.Outcome{}, err
				}
				defer done()
				if mail {
					it.Received = at
				}
				return p.Handle(ctx, it)
			}})
		case folder.Path != last:
			last = folder.Path
			tasks = append(tasks, turns.Task{Path: folder.Path, At: turns.NoDate, Scan: func(ctx context.Context) (scanner.Outcome, error) {
				return p.HandleRead(ctx, folder.Item(), func() *document.Document { return letters.Read(ctx, p, folder, jobs) })
			}})
		}
	}
	return tasks
}

// newBar is a progress bar on a terminal and nothing anywhere else.
func newBar(w io.Writer, total int) *progressbar.ProgressBar {
	f, ok := w.(*os.File)
	visible := ok && total > 1 && term.IsTerminal(int(f.Fd()))
	return progressbar.NewOptions(total,
		progressbar.OptionSetWriter(w), progressbar.OptionSetVisibility(visible),
		progressbar.OptionSetDescription("læser"), progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100*time.Millisecond))
}
