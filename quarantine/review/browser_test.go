package review

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"brevvagt/quarantine"
	"brevvagt/quarantine/review/words"
)

// browserTab is a tab with what its console said.
type browserTab struct {
	t   *testing.T
	ctx context.Context
	url string

	mu      sync.Mutex
	console []string
}

// startBrowser runs a real Chromium for a test; the first tab is kept open so
// that the browser lives until the test ends.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium on this machine")
		}
		t.Skip("no Chromium on this machine")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "da"),
		chromedp.WSURLReadTimeout(3*time.Minute), chromedp.WindowSize(1280, 900))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// newTab opens a tab with its own cookies.
func newTab(t *testing.T, browser context.Context, url string) *browserTab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &browserTab{t: t, ctx: ctx, url: url}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			b.mu.Lock()
			b.console = append(b.console, m.String())
			b.mu.Unlock()
		}
	}()
	return b
}

func (b *browserTab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 3*time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// submit does something that loads a page, and waits for it.
func (b *browserTab) submit(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 3*time.Minute)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func run[T any](b *browserTab, a chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 3*time.Minute)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

func (b *browserTab) open(path string) { b.t.Helper(); b.do(chromedp.Navigate(b.url + path)) }

func (b *browserTab) says(parts ...string) {
	b.t.Helper()
	got := run(b, chromedp.Text(chromedp.CSS("main")))
	for _, p := range parts {
		if !strings.Contains(got, p) {
			b.t.Errorf("the page does not say %q", p)
		}
	}
}

// shot keeps a picture of the page when BREVVAGT_SHOTS names a directory; that is
// how the pictures in docs/img are made:
//
//	BREVVAGT_SHOTS=$PWD/docs/img go test -run TestBrowser/morning ./quarantine/review
//
// Whole pages (height 0) are for looking at while working on the page and are kept
// with BREVVAGT_SHOTS_WHOLE=1 only.
func (b *browserTab) shot(name string, height int64) {
	b.t.Helper()
	dir := os.Getenv("BREVVAGT_SHOTS")
	if dir == "" || height == 0 && os.Getenv("BREVVAGT_SHOTS_WHOLE") == "" {
		return
	}
	var png []byte
	if height == 0 {
		png = run(b, chromedp.FullScreenshot(100))
	} else {
		b.do(chromedp.EmulateViewport(1000, max(height, -height)))
		if height < 0 { // the lower part, where the decision is made
			run(b, chromedp.Evaluate[bool](`document.querySelector("#afgoerelse").scrollIntoView(); true`))
		}
		png = run(b, chromedp.CaptureScreenshot())
		b.do(chromedp.EmulateReset())
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// quiet fails the test for everything the console said: a violation of the content
// policy, a file that is missing, a script error; but for what the test asked for, such as
// a page that is refused.
func (b *browserTab) quiet(wanted ...string) {
	b.t.Helper()
	const last = "nothing more will come"
	run(b, chromedp.Evaluate[bool](`console.log("`+last+`"); true`))
	for end := time.Now().Add(3 * time.Minute); !b.said(last); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatal("the console is not heard")
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.console {
		if !slices.ContainsFunc(append(wanted, last), func(w string) bool { return strings.Contains(m, w) }) {
			b.t.Errorf("console: %s", m)
		}
	}
}

func css(s string) chromedp.CSS { return chromedp.CSS(s) }

func TestBrowser(t *testing.T) {
	browser := startBrowser(t)
	t.Run("table", func(t *testing.T) { table(t, browser) })
	t.Run("morning", func(t *testing.T) { morning(t, browser) })
	t.Run("keeping", func(t *testing.T) { keeping(t, browser) })
	t.Run("live", func(t *testing.T) { live(t, browser) })
	t.Run("municipality", func(t *testing.T) { municipality(t, browser) })
	t.Run("passkeys", func(t *testing.T) { passkeys(t, browser) })
	t.Run("drives", func(t *testing.T) { drivesInBrowser(t, browser) })
	for _, lang := range []words.Lang{words.Danish, words.English} {
		t.Run("keyboard in "+string(lang), func(t *testing.T) { keyboard(t, browser, lang) })
		t.Run("scriptless in "+string(lang), func(t *testing.T) { scriptless(t, browser, lang) })
	}
}

// morning is a DPO's: log in, look at the queue, open a case and its picture,
// release one and reject another, look at the rest on a telephone, leave.
func morning(t *testing.T, browser context.Context) {
	r := newRealRig(t)
	r.server.queue.Budget = 20
	shown := r.hold(t, screenshot("a"), 2*time.Hour)
	other := r.hold(t, screenshot("b"), 30*time.Minute)
	abroad := r.hold(t, bundle("c"), 26*time.Hour)

	b := newTab(t, browser, r.url)
	b.open("/")
	b.shot("log-ind", 620)
	// The keyboard alone: the name has the focus, Tab goes on, Enter sends.
	b.do(chromedp.KeyEvent("anna"), chromedp.KeyEvent("\t"), chromedp.KeyEvent(passphrase))
	b.submit(chromedp.KeyEvent("\r"))
	b.says("3 forsendelser venter på en afgørelse.")
	b.shot("karantaene", 760)

	b.submit(chromedp.Click(css("#sag-" + shown.ID + " h2 a")))
	b.says("En mail fra anna.eksempel@kommune.example", "billede (OCR)")
	b.shot("sag", 900)
	b.submit(chromedp.Click(css("#vis-billeder")))
	b.do(chromedp.WaitVisible(css(".bv-picture img")))
	if w := run(b, chromedp.Evaluate[int](`document.querySelector(".bv-picture img").naturalWidth`)); w != 640 {
		t.Errorf("the picture is %d pixels wide, want 640", w)
	}
	b.shot("sag-hel", 0)
	b.shot("afgoerelse", -720)
	b.do(chromedp.SendKeys(css("#frigiv-begrundelse"), "Modtageren har sikker post, aftalt på telefon"))
	b.submit(chromedp.Click(css("#frigiv button")))
	b.says("Forsendelsen er frigivet", "Modtageren har sikker post")
	b.shot("frigivet", 560)
	if len(r.source.delivered) != 1 {
		t.Errorf("%d delivered, want 1", len(r.source.delivered))
	}

	b.open("/sag/" + other.ID)
	b.do(chromedp.SendKeys(css("#afvis-begrundelse"), "Skal sendes med sikker post"))
	b.submit(chromedp.Click(css("#afvis button")))
	b.says("Forsendelsen er afvist")
	if len(r.source.rejected) != 1 {
		t.Errorf("%d rejected, want 1", len(r.source.rejected))
	}

	b.open("/fortegnelse")
	b.says("Nr. 2026-03", "Muligt brud")
	b.shot("fortegnelse", 640)
	b.do(chromedp.EmulateViewport(320, 700))
	for _, c := range []*quarantine.Case{shown, abroad} { // released, and for two people
		b.looked("/sag/" + c.ID + "?billeder=1")
	}
	b.shot("smal", 0)
	b.do(chromedp.EmulateReset())
	b.submit(chromedp.Click(css("#log-ud")))
	b.says("Du er logget ud.")
	b.quiet()
}

// said reports whether the console has said something.
func (b *browserTab) said(what string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.console, func(m string) bool { return strings.Contains(m, what) })
}

// widest names the elements that stand out to the right, but for those that can be
// scrolled where they are.
const widest = `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > 321 && !e.parentElement.closest(".bv-wide")).slice(0, 5).map(e => e.tagName + "." + e.className).join(" ")`

// signedIn is a tab of its own in which somebody has signed in and chosen a language.
func signedIn(t *testing.T, browser context.Context, r *rig, who, lang string) *browserTab {
	t.Helper()
	b := newTab(t, browser, r.url)
	b.open("/log-ind")
	if lang == "en" {
		b.submit(chromedp.Click(css("form[action='/sprog'] button")))
	}
	b.do(chromedp.SendKeys(css("#navn"), who), chromedp.SendKeys(css("#kode"), passphrase))
	b.submit(chromedp.Click(css("#log-ind")))
	return b
}
