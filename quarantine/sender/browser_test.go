package sender

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"brevvagt/quarantine"
)

// chromium is a real browser with scripts switched off, as a hardened mail program's
// would be.
func chromium(t *testing.T) (context.Context, *[]string) {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium on this machine")
		}
		t.Skip("no Chromium on this machine")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	said := &[]string{}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			*said = append(*said, m.String())
		}
	}()
	return ctx, said
}

// TestBrowser walks all ways on a screen of 320 pixels.
func TestBrowser(t *testing.T) {
	ctx, said := chromium(t)
	r := newRig(t)
	r.route = true
	main := func() string {
		text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main")))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	ways := []struct {
		form, reason, says string
		state              quarantine.State
	}{
		{"annuller", "", "Mailen er annulleret", quarantine.Rejected},
		{"sikker", "", "Mailen går ad den sikre vej", quarantine.Released},
		{"begrund", "Aftalt med modtageren på telefon", "Begrundelsen er modtaget", quarantine.Held},
		{"dpo", "", "DPO'en er spurgt", quarantine.Held},
	}
	for _, way := range ways {
		d := deposit(way.form)
		d.Route = "gateway"
		c, link := r.hold(d)
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(320, 700), chromedp.Navigate(link)); err != nil {
			t.Fatal(err)
		}
		look(t, ctx, way.form)
		if text := main(); !strings.Contains(text, "Din mail er ikke sendt endnu") || !strings.Contains(text, "Person, der ikke hører til") {
			t.Fatalf("the page says %q", text)
		}
		if w, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); err != nil || w > 320 {
			t.Errorf("the page is %d pixels wide on a screen of 320: %v", w, err)
		}
		if n, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.scripts.length + document.querySelectorAll("[style], [onclick]").length`)); err != nil || n != 0 {
			t.Errorf("%d scripts or inline styles: %v", n, err)
		}
		if way.reason != "" {
			if err := chromedp.Do(ctx, chromedp.SendKeys(chromedp.CSS("#begrundelse"), way.reason)); err != nil {
				t.Fatal(err)
			}
		}
		if state, _ := r.state(c.ID); state != quarantine.Held {
			t.Fatalf("opening the page made the case %s", state)
		}
		if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS("#"+way.form+" button"))); err != nil {
			t.Fatal(err)
		}
		if text := main(); !strings.Contains(text, way.says) {
			t.Errorf("%s: the page says %q", way.form, text)
		}
		if state, _ := r.state(c.ID); state != way.state {
			t.Errorf("%s: the case is %s", way.form, state)
		}
	}
	if len(*said) > 0 {
		t.Errorf("console: %q", *said)
	}
}

// look keeps a picture of the page, wide and narrow, when BREVVAGT_SHOTS names a folder.
func look(t *testing.T, ctx context.Context, form string) {
	t.Helper()
	dir := os.Getenv("BREVVAGT_SHOTS")
	if dir == "" || form != "begrund" {
		return
	}
	for name, width := range map[string]int64{"afsender": 1000, "afsender-smal": 320} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)); err != nil {
			t.Fatal(err)
		}
		png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if width == 320 && os.Getenv("BREVVAGT_SHOTS_WHOLE") == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
