package main

import (
	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/shares"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/lanes"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/document/ocr/heif"
	"brevvagt/internal/health"
	"brevvagt/quarantine/rekey"
	"brevvagt/quarantine/review/sheets/libre"
	"brevvagt/scanner/source/gateway/smtpin"
)

func newDoctor() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "doctor", Short: "hvad er installeret, nåeligt, skrivbart; hvad mangler, og hvordan rettes det", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d := &doctor{w: cmd.OutOrStdout()}
			d.programs(cmd.Context())
			d.reading(cmd.Context())
			if _, err := os.Stat(file); err == nil || cmd.Flags().Changed("config") {
				d.installation(cmd.Context(), file)
			} else {
				d.say(note, "konfiguration", file+" findes ikke; giv den med --config", "")
			}
			if d.bad > 0 {
				return fmt.Errorf("%d ting skal rettes", d.bad)
			}
			return nil
		},
	}
	console.ConfigFlag(cmd, &file)
	return cmd
}

// mark says how a check went.
type mark string

const (
	good mark = "ok   "
	note mark = "obs  "
	bad  mark = "FEJL "
)

// doctor prints checks and counts the bad ones.
type doctor struct {
	w   io.Writer
	bad int
}

func (d *doctor) say(m mark, what, state, remedy string) {
	if m == bad {
		d.bad++
	}
	console.Printf(d.w, "%s %-28s %s\n", m, what, console.Clean(state))
	if m != good && remedy != "" {
		console.Printf(d.w, "      -> %s\n", remedy)
	}
}

// programs checks what is installed beside us.
func (d *doctor) programs(ctx context.Context) {
	out, err := exec.CommandContext(ctx, "tesseract", "--list-langs").CombinedOutput()
	switch langs := string(out); {
	case err != nil:
		d.say(bad, "tekstgenkendelse", "tesseract mangler: billeder bliver til huller", "apt-get install tesseract-ocr tesseract-ocr-dan tesseract-ocr-osd")
	case !strings.Contains(langs, "dan"):
		d.say(bad, "tekstgenkendelse", "dansk mangler", "apt-get install tesseract-ocr-dan")
	case !strings.Contains(langs, "osd"):
		d.say(note, "tekstgenkendelse", "dansk; retningsbestemmelse mangler", "apt-get install tesseract-ocr-osd")
	default:
		d.say(good, "tekstgenkendelse", "tesseract med dansk", "")
	}
	if path := libre.Find(); path != "" {
		d.say(good, "LibreOffice", path+" tegner sider af Office-filer i sager", "")
	} else {
		d.say(note, "LibreOffice", "mangler: sager viser kun teksten af Office-filer, ikke siderne", "apt-get install "+libre.Packages)
	}
	if heif.Installed() {
		d.say(good, "telefoners billeder", "HEIC og AVIF læses", "")
	} else {
		d.say(note, "telefoners billeder", "libheif mangler: HEIC og AVIF bliver til huller", "apt-get install libheif1")
	}
}

// reading starts a worker process on a small text picture and a PDF, which tells
// more than a list of packages.
func (d *doctor) reading(ctx context.Context) {
	eng, err := newEngine(engineOptions{Workers: 1})
	if err != nil {
		d.say(bad, "læseprocesser", err.Error(), "")
		return
	}
	defer eng.Close()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	start := time.Now()
	report, err := eng.pool.Check(ctx)
	if err != nil {
		d.say(bad, "læseprocesser", "kan ikke startes: "+err.Error(), "")
		return
	}
	took := time.Since(start).Milliseconds()
	if len(report.Missing) > 0 {
		d.say(note, "læseprocesser", fmt.Sprintf("startet på %d ms, men ikke helt lukket inde: %s", took, strings.Join(report.Missing, ", ")), "")
		return
	}
	d.say(good, "læseprocesser", fmt.Sprintf("startet på %d ms, lukket inde (Landlock %d)", took, report.LandlockABI), "")
}

// installation checks the configuration and what it points to.
func (d *doctor) installation(ctx context.Context, path string) {
	cfg, err := config.Load(path)
	if err != nil {
		d.say(bad, "konfiguration", err.Error(), "brevvagt config check "+path)
		return
	}
	d.say(good, "konfiguration", path, "")
	if len(cfg.Site.InternalDomains) == 0 {
		d.say(bad, "egne domæner", "ingen: alle modtagere regnes for eksterne", "site.internal_domains i "+path)
	}
	d.stateFolder(ctx, cfg)
	d.seen(cfg)
	postfix := lanes.AskPostfix(ctx, cfg)
	d.lanes(ctx, cfg, postfix)
	d.transport(cfg, postfix.Setting)
	if cfg.Review.Listen != "" && cfg.Review.TLSCertificate == "" && !config.Loopback(cfg.Review.Listen) {
		d.say(bad, "DPO-side", cfg.Review.Listen+" er ikke loopback og har ikke TLS", "review.tls_certificate, eller en proxy foran")
	}
	for _, line := range lanes.CheckRoutes(ctx, cfg) {
		if line.Err == nil {
			d.say(good, "sikker vej", line.Name+": "+line.Gateway+" er den, den skal være", "")
		} else {
			d.say(bad, "sikker vej", line.Name+": "+line.Err.Error()+"; mail ad den vej venter", "docs/sikker-vej.md")
		}
	}
	if cfg.Sender.On() {
		d.reach("afsenderens side", cfg.Sender.Listen)
	} else {
		d.say(note, "afsenderens side", "fra: afsendere får ikke et link til selv at vælge", "sender.page, se docs/afsender.md")
	}
	for _, s := range cfg.Shares {
		if err := shares.Check(ctx, s, cfg); err != nil {
			d.say(bad, "fællesdrev", s.Title()+": "+err.Error(), "docs/delte-drev.md")
		} else {
			d.say(good, "fællesdrev", s.Title(), "")
		}
		if how := shares.Watched(s); how != "" {
			d.say(note, "fællesdrev", s.Title()+": "+how, "")
		}
	}
}

// lanes checks the ways on which mail comes in and goes on.
func (d *doctor) lanes(ctx context.Context, cfg config.Config, postfix lanes.Postfix) {
	marks := map[lanes.Level]mark{lanes.Good: good, lanes.Note: note, lanes.Bad: bad}
	for _, c := range lanes.Checks(ctx, cfg, postfix) {
		d.say(marks[c.Level], c.What, c.State, c.Remedy)
	}
}

func (d *doctor) stateFolder(ctx context.Context, cfg config.Config) {
	st, err := state.Open(ctx, cfg.State, cfg.Database, true)
	if err != nil {
		d.say(bad, "tilstandsmappe", err.Error(), "")
		return
	}
	defer st.Close()
	var fs unix.Statfs_t
	if unix.Statfs(cfg.State, &fs) == nil {
		free := fs.Bavail * uint64(fs.Bsize) >> 20
		m := good
		if free < 1024 {
			m = bad
		}
		d.say(m, "tilstandsmappe", fmt.Sprintf("%s, %d MB ledig", cfg.State, free), "giv disken mindst 1 GB")
		if files := health.Files(fs); files < 10_000 {
			d.say(bad, "tilstandsmappe", fmt.Sprintf("der er kun plads til %d filer (inodes)", files), "df -i "+cfg.State)
		}
	}
	if info, err := os.Stat(cfg.State); err == nil && info.Mode().Perm()&0o077 != 0 {
		d.say(bad, "tilstandsmappe", "kan læses af andre", "chmod 700 "+cfg.State)
	}
	d.memory(ctx, cfg)
	d.mailboxes(ctx, cfg, st)
	if cfg.Gateway.SMTP.Stamp {
		d.say(good, "ord til Exchange-reglen", smtpin.StampHeader+": "+(&smtpin.Stamp{Digest: st.Key.Digest}).Word(), "")
	}
	d.keys(ctx, cfg, st)
	d.dpo(cfg)
}

// dpo checks what the DPO's pages and reminders need.
func (d *doctor) dpo(cfg config.Config) {
	remarks := append(cfg.DPORemarks(), cfg.AccessRemarks()...)
	if len(remarks) == 0 {
		d.say(good, "DPO (dpo:)", fmt.Sprintf("påmindelser til %d, loft %d om dagen, fund gemmes i %s", len(cfg.DPO.Remind), cfg.DPO.Ceiling(), time.Duration(cfg.DPO.KeepFindings)), "")
	}
	for _, r := range remarks {
		m := note
		if r.Broken {
			m = bad
		}
		d.say(m, "DPO (dpo:)", r.Text, r.Remedy)
	}
}

// keys checks who can open what is kept.
func (d *doctor) keys(ctx context.Context, cfg config.Config, st *state.State) {
	const what = "nøgler til karantænen"
	list, err := st.KeyHolders(ctx, cfg.Vault.Recipients)
	left, kept, errLeft := st.Stale(ctx, cfg.Vault.Recipients)
	if err = errors.Join(err, errLeft); err != nil {
		d.say(bad, what, err.Error(), "brevvagt account add NAVN --config ...")
		return
	}
	used := slices.DeleteFunc(slices.Clone(list), func(h rekey.Holder) bool { return h.Kind == rekey.Out })
	d.say(good, what, fmt.Sprintf("%d", len(used)), "")
	for _, l := range rekey.Lacking(list) {
		d.say(bad, what, l.String(), state.SetUpHint+"; docs/dpo.md")
	}
	if left > 0 {
		d.say(note, what, fmt.Sprintf("%d af %d sager er ikke forseglet til de nøgler, der gælder nu", left, kept), "brevvagt vault rewrap --by DPO")
	}
}

func (d *doctor) reach(what, addr string) {
	c, err := net.DialTimeout("tcp", addr, 3*time.Second)
	if err != nil {
		d.say(bad, what, err.Error(), "")
		return
	}
	c.Close()
	d.say(good, what, addr, "")
}
