package main

import (
	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/report"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/quarantine"
	"brevvagt/quarantine/account"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway/relay"
)

// The accounts of the demonstration; two, since some releases need two people.
const demoPassphrase = "prøv-brevvagt-2026"

var demoAccounts = [...]struct{ name, display string }{{"dpo", "Demo DPO"}, {"kollega", "Demo Kollega"}}

func newDemo() *cobra.Command {
	var listen string
	var wait bool
	cmd := &cobra.Command{
		Use: "demo", Short: "hele systemet på denne maskine med prøvetrafik", Args: cobra.NoArgs,
		Long: `Starter brevvagt med indbygget database, krypteret karantæne, SMTP-gateway foran
en modtagende postkasse, et fællesdrev og DPO'ens side; sender prøvetrafik igennem
over SMTP og viser, hvad der skete. På en terminal holdes siden åben, til du
trykker Ctrl-C. Alt ligger i en midlertidig mappe, som slettes bagefter.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			keep := wait || term.IsTerminal(int(os.Stdout.Fd()))
			return runDemo(cmd.Context(), cmd.OutOrStdout(), listen, keep)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "localhost:8080", "hvor siden lytter; en ledig port, hvis den er optaget")
	cmd.Flags().BoolVar(&wait, "wait", false, "hold siden åben også uden terminal")
	return cmd
}

// demo is a running demonstration.
type demo struct {
	out   io.Writer
	sink  *relay.Sink
	d     *daemon
	share string

	mu       sync.Mutex
	outcomes map[string]scanner.Outcome // by Message-ID
	files    map[string]scanner.Outcome // by name
}

func runDemo(ctx context.Context, out io.Writer, listen string, keep bool) error {
	dir, err := os.MkdirTemp("", "brevvagt-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	m := &demo{out: out, share: filepath.Join(dir, "faellesdrev"), outcomes: map[string]scanner.Outcome{}, files: map[string]scanner.Outcome{}}
	if err := m.start(ctx, dir, listen); err != nil {
		return err
	}
	defer m.sink.Close()
	defer m.d.Close()
	done := make(chan error, 1)
	go func() { done <- m.d.Run(ctx) }()
	if err := m.d.lanes.Ready(ctx, m.d.cfg); err != nil {
		return err
	}
	if err := m.traffic(ctx); err != nil {
		return err
	}
	url := "http://" + pageHost(m.d.page)
	console.Printf(out, "\nDPO'ens side: %s   (bruger: %s, adgangssætning: %s)\n", url, demoAccounts[0].name, demoPassphrase)
	if keep {
		console.Printf(out, "Tryk Ctrl-C for at slutte; alt slettes.\n")
		<-ctx.Done()
	}
	stop()
	return <-done
}

// start makes the installation in dir and listens.
func (m *demo) start(ctx context.Context, dir, listen string) (err error) {
	if m.sink, err = relay.StartSink(filepath.Join(dir, "postkasse"), "127.0.0.1:0"); err != nil {
		return err
	}
	cfg := config.Default()
	cfg.State = filepath.Join(dir, "tilstand")
	if cfg.Site, err = policy.ParseSite([]byte(sample.Site)); err != nil {
		return err
	}
	cfg.Gateway.SMTP = config.SMTP{Listen: "127.0.0.1:0", NextHop: m.sink.Addr()}
	cfg.Notify.From = "brevvagt@kommune.example"
	cfg.Shares = []config.Share{{Path: m.share}}
	cfg.Review.Listen = freeOr(listen)
	if err := m.fillShare(); err != nil {
		return err
	}
	if err := demoPeople(ctx, cfg.State); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if m.d, err = newDaemon(ctx, cfg, log); err != nil {
		return err
	}
	m.d.cfg.DPO.Page = "http://" + pageHost(m.d.page) // passkeys need the address
	m.d.observe = func(_ scanner.Item, o scanner.Outcome) {
		m.mu.Lock()
		defer m.mu.Unlock()
		if o.Document.Mail != nil {
			m.outcomes[o.Document.Mail.MessageID] = o
		}
	}
	m.d.foundFile = func(path string, o scanner.Outcome) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.files[filepath.Base(path)] = o
	}
	return nil
}

// demoPeople makes the accounts.
func demoPeople(ctx context.Context, dir string) error {
	st, err := state.Open(ctx, dir, "", false)
	if err != nil {
		return err
	}
	defer st.Close()
	w := state.Wanted{Recovery: demoPassphrase, Place: "Demo pengeskab", File: filepath.Join(dir, "gendannelse.age")}
	for _, a := range demoAccounts {
		if _, err := st.Accounts.Create(ctx, a.name, a.display, account.DPO, demoPassphrase); err != nil {
			return err
		}
		w.DPOs = append(w.DPOs, state.Person{Name: a.name, Passphrase: demoPassphrase})
	}
	_, err = st.SetUp(ctx, "", w)
	return err
}

// fillShare fills the shared folder before the daemon walks it.
func (m *demo) fillShare() error {
	if err := os.MkdirAll(m.share, 0o700); err != nil {
		return err
	}
	files, err := sample.Files()
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(m.share, f.Name), f.Data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// traffic sends the sample mails over SMTP and prints what became of each.
func (m *demo) traffic(ctx context.Context) error {
	mails, err := sample.Mails()
	if err != nil {
		return err
	}
	console.Printf(m.out, "\nbrevvagt demo: %d mails sendes gennem gatewayen, og et fællesdrev læses\n\n", len(mails))
	console.Printf(m.out, "%-54s %-17s %-12s %-8s %s\n", "MAIL ELLER FIL", "FORBILLEDE", "RESULTAT", "KLADDE", "HVORFOR")
	hop := &relay.Hop{Addr: m.d.lanes.SMTP.Addr(), TLS: relay.None}
	passed, missed := 0, 0
	for _, s := range mails {
		env := relay.Envelope{From: s.From}
		for _, to := range s.To {
			env.To = append(env.To, relay.Recipient{Address: to})
		}
		if _, err := hop.Send(ctx, env, bytes.NewReader(s.Raw)); err != nil {
			return fmt.Errorf("%s: %w", s.Title, err)
		}
		o, err := m.outcome(s.Raw)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Title, err)
		}
		if o.Verdict.Action.Rank() < policy.Hold.Rank() {
			passed++
			if s.Stop {
				missed++
			}
		}
		m.row(s.Title, s.Model, report.ActionWord(o.Verdict.Action), &o, s.Stop)
	}
	if err := m.readShare(ctx); err != nil {
		return err
	}
	return m.summary(ctx, passed, missed)
}

func (m *demo) row(title, model, result string, o *scanner.Outcome, stop bool) {
	why := ""
	if len(o.Verdict.Rules) > 0 {
		why = o.Verdict.Rules[0].Text
	}
	if stop && o.Verdict.Action.Rank() < policy.Hold.Rank() {
		why = strings.TrimSpace("IKKE OPDAGET ENDNU (kontrollen kommer senere). " + why)
	}
	console.Printf(m.out, "%-54s %-17s %-12s %-8s %s\n", title, model, result, o.DraftNo, why)
}

// outcome finds what was decided on a mail that has been acknowledged.
func (m *demo) outcome(raw []byte) (scanner.Outcome, error) {
	_, rest, _ := strings.Cut(string(raw), "Message-ID: <")
	id, _, _ := strings.Cut(rest, ">")
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, o := range m.outcomes {
		if strings.Trim(key, "<>") == id {
			return o, nil
		}
	}
	return scanner.Outcome{}, errors.New("no outcome was reported for an acknowledged mail")
}

func (m *demo) readShare(ctx context.Context) error {
	files, err := sample.Files()
	if err != nil {
		return err
	}
	deadline := time.Now().Add(time.Minute)
	for _, f := range files {
		for {
			m.mu.Lock()
			o, ok := m.files[f.Name]
			m.mu.Unlock()
			if ok {
				result := "intet fund"
				if o.Verdict.Action != policy.Pass {
					result = "rapporteret"
				}
				m.row(f.Title+" ("+f.Name+")", "", result, &o, false)
				break
			}
			if time.Now().After(deadline) || ctx.Err() != nil {
				return fmt.Errorf("%s was not read in time", f.Name)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	return nil
}

func (m *demo) summary(ctx context.Context, passed, missed int) error {
	held, total, err := m.d.service.List(ctx, quarantine.Filter{States: []quarantine.State{quarantine.Held}})
	if err != nil {
		return err
	}
	notices := 0
	for _, r := range m.sink.Received() {
		if r.From == "" {
			notices++
		}
	}
	drafts := make(map[string]bool) // those of one run have one
	for _, c := range held {
		drafts[c.DraftNo] = true
	}
	console.Printf(m.out, "\n%d mails er i karantæne med %d kladder i fortegnelsen (den ældste %s; en kørsel har én); %d er leveret; afsenderne har fået %d beskeder.\n",
		total, len(drafts), held[len(held)-1].DraftNo, passed, notices)
	if missed > 0 {
		console.Printf(m.out, "%d mail, der burde være standset, er ikke opdaget endnu.\n", missed)
	}
	return nil
}

// freeOr keeps the address if it is free and takes any free port on loopback
// otherwise, so that a second demo or another program does no harm.
func freeOr(addr string) string {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "127.0.0.1:0"
	}
	l.Close()
	return addr
}

// pageHost is the page's address as a browser types it: passkeys and cookies like
// localhost better than an address.
func pageHost(l net.Listener) string {
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return l.Addr().String()
	}
	return net.JoinHostPort("localhost", port)
}
