package review

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"brevvagt/quarantine"
	"brevvagt/quarantine/review/queue"
	"brevvagt/quarantine/review/words"
)

// tabbable lists what the Tab key should reach on a page, in its order: one button of
// each group of radio buttons, nothing that is closed or hidden.
const tabbable = `[...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
  .filter(e => !e.disabled && e.checkVisibility({visibilityProperty: true}))
  .filter((e, n, all) => e.type !== "radio" || e.checked || !all.some(x => x.name === e.name && x.checked) && all.find(x => x.name === e.name) === e)`

// watch keeps what gets the focus: its place in that list and whether it is marked and in
// sight. A checkbox is drawn by its label.
const watch = `(() => {
  window.stops = [];
  document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute("tabindex");
  document.addEventListener("focusin", event => {
    const e = event.target, shown = e.matches("[type=checkbox], [type=radio]") ? e.nextElementSibling : e;
    const marked = [e, shown].flatMap(x => ["", "::before", "::after"].map(p => getComputedStyle(x, p))).some(s => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2);
    const r = shown.getBoundingClientRect(), seen = r.width > 0 && r.height > 0 && r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth;
    window.stops.push({n: ` + tabbable + `.indexOf(e), id: e.id, wrong: (marked ? "" : "no mark ") + (seen ? "" : "out of sight")});
  });
  return ` + tabbable + `.length;
})()`

type stop struct {
	N         int
	ID, Wrong string
}

// round goes through a whole page with Tab: everything once, in its order, each with a
// mark and in sight, and no way back before the end.
func (b *browserTab) round(path string) {
	b.t.Helper()
	b.open(path)
	b.settled()
	all := run(b, chromedp.Evaluate[int](watch))
	inDates := run(b, chromedp.Evaluate[int](`document.querySelectorAll("[type=date], [type=datetime-local]").length`)) * 6 // day, month, year, hour, minute, calendar
	b.do(chromedp.KeyEvent(strings.Repeat("\t", all+inDates)))
	stops := run(b, chromedp.Evaluate[[]stop]("window.stops"))
	if all == 0 || len(stops) < all {
		b.t.Fatalf("%s: Tab leads to %d places, want %d", path, len(stops), all)
	}
	for n, s := range stops[:all] {
		if s.N != n {
			b.t.Fatalf("%s: Tab leads to %d (%s), want %d of %d", path, s.N, s.ID, n, all)
		}
		if s.Wrong != "" {
			b.t.Errorf("%s: the focus on %s (number %d): %s", path, s.ID, s.N, s.Wrong)
		}
	}
}

// settled waits until the field that a page puts the focus on has it: the browser does so
// when it draws, which may be after the page is loaded and would move a focus set before.
func (b *browserTab) settled() {
	b.t.Helper()
	const has = `(e => !e || e === document.activeElement)(document.querySelector("[autofocus]"))`
	for range 6000 {
		if run(b, chromedp.Evaluate[bool](has)) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.t.Fatal("the field with autofocus never has the focus")
}

// to presses Tab until something has the focus.
func (b *browserTab) to(selector string) {
	b.t.Helper()
	for range 30 {
		left := run(b, chromedp.Evaluate[int](`(l => l.indexOf(document.querySelector("`+selector+`")) - l.indexOf(document.activeElement))(`+tabbable+`)`))
		if left == 0 {
			return
		}
		b.do(chromedp.KeyEvent(strings.Repeat("\t", max(left, 1))))
	}
	b.t.Fatalf("Tab does not lead to %s", selector)
}

// write and press are what is done with what has the focus.
func (b *browserTab) write(selector, text string) {
	b.t.Helper()
	b.to(selector)
	b.do(chromedp.KeyEvent(text))
}

func (b *browserTab) press(selector string) {
	b.t.Helper()
	b.to(selector)
	b.submit(chromedp.KeyEvent("\r"))
}

// speaks wants the page that is open to be in a language.
func (b *browserTab) speaks(l words.Lang) {
	b.t.Helper()
	if got := run(b, chromedp.Evaluate[string]("document.documentElement.lang")); got != string(l) {
		b.t.Errorf("the page is in %q, want %q", got, l)
	}
}

// keyboard is a day's work without a mouse: in, the queue, a case, one value shown, a
// release, a rejection, an entry in the register, several at once and undone, out.
func keyboard(t *testing.T, browser context.Context, l words.Lang) {
	r := newRig(t)
	r.server.queue.Board = queue.NewBoard(time.Hour, time.Now)
	first, second, third := r.hold(t, openable("a"), 3*time.Hour), r.hold(t, screenshot("b"), 2*time.Hour), r.hold(t, screenshot("c"), time.Hour)
	b := newTab(t, browser, r.url)
	b.open("/log-ind")
	if l == words.English {
		b.press("form[action='/sprog'] button")
	}
	b.round("/log-ind")
	b.speaks(l)
	b.write("#navn", "dpo")
	b.write("#kode", passphrase)
	b.press("#log-ind")
	b.round("/")
	b.round("/sag/" + first.ID)
	b.round("/fortegnelse/ny")

	b.open("/")
	b.press("#sag-" + first.ID + " h2 a")
	b.to("#fund-0 summary")
	b.do(chromedp.KeyEvent(" "))
	b.write("#vis-0", "Skal sammenholdes med fagsystemet")
	b.press("#fund-0 button")
	b.says(clearValue)
	b.write("#frigiv-begrundelse", "Modtageren har sikker post")
	b.press("#frigiv button")
	b.says(words.Text(l, "done.released"))

	b.open("/sag/" + second.ID)
	b.write("#afvis-begrundelse", "Skal sendes sikkert")
	b.press("#afvis button")
	b.says(words.Text(l, "done.rejected"))

	b.open("/fortegnelse/ny")
	b.to("[name=tilstand]")
	b.do(chromedp.KeyEvent(" "))
	b.write("#hvad", "En låst dør stod åben")
	b.write("#type", "M")
	b.to("#oplysning-0")
	b.do(chromedp.KeyEvent(" "))
	b.press("#andre")
	b.says("En låst dør stod åben", "Menneskelige fejl")

	b.open("/")
	b.to("#vaelg-" + third.ID)
	b.do(chromedp.KeyEvent(" "))
	b.write("#flere-begrundelse", "Skal sendes sikkert")
	b.press("#flere-afvis")
	b.says(strings.Split(words.Text(l, "batch.waiting", words.Plural(l, "cases", 1), words.Text(l, "batch.action.afvis"), 0, ""), "0")[0])
	b.press(".bv-batch button")
	b.says(words.Text(l, "flash.undone"))
	b.press("#log-ud")
	b.says(words.Text(l, "login.out"))
	for _, x := range []struct {
		c    *quarantine.Case
		want quarantine.State
	}{{first, quarantine.Released}, {second, quarantine.Rejected}, {third, quarantine.Held}} {
		if got, err := r.service.Get(t.Context(), x.c.ID); err != nil || got.State != x.want {
			t.Errorf("the case is %v, want %v, %v", got.State, x.want, err)
		}
	}
	b.quiet()
}

// scriptless reads and decides in a browser that runs no scripts.
func scriptless(t *testing.T, browser context.Context, l words.Lang) {
	r := newRig(t)
	held := r.hold(t, openable("a"), 3*time.Hour)
	b := newTab(t, browser, r.url)
	command(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.open("/log-ind")
	if l == words.English {
		b.submit(chromedp.Click(css("form[action='/sprog'] button")))
	}
	b.speaks(l)
	b.do(chromedp.SendKeys(css("#navn"), "dpo"), chromedp.SendKeys(css("#kode"), passphrase))
	b.submit(chromedp.Click(css("#log-ind")))
	b.says(words.Plural(l, "queue.lead", 1))
	b.submit(chromedp.Click(css("#sag-" + held.ID + " h2 a")))
	b.submit(chromedp.Click(css("#vis-billeder")))
	if w := run(b, chromedp.Evaluate[int](`document.querySelector(".bv-picture img").naturalWidth`)); w != 640 {
		t.Errorf("the picture is %d pixels wide, want 640", w)
	}
	b.do(chromedp.Click(css("#fund-0 summary")), chromedp.SendKeys(css("#vis-0"), "Skal sammenholdes med fagsystemet"))
	b.submit(chromedp.Click(css("#fund-0 button")))
	b.says(clearValue)
	b.do(chromedp.SendKeys(css("#frigiv-begrundelse"), "Modtageren har sikker post"))
	b.submit(chromedp.Click(css("#frigiv button")))
	b.says(words.Text(l, "done.released"))
	b.quiet()
}
