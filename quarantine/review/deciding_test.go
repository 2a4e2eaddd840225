package review

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// deciding is what two people do with cases in two browsers, in Danish and in English:
// the first approves a release to some of the recipients, the second sees what the
// first wrote and lets it go; the sender is asked; nobody releases his own mail.
func deciding(t *testing.T, browser context.Context) {
	for _, l := range []struct{ lang, approved, wrote, released, asked, own string }{
		{"da", "Din godkendelse er noteret.", "reviewer skrev: Retten har bedt om akterne", "Forsendelsen er frigivet", "Spørgsmålet er sendt til afsenderen.", "Du kan ikke frigive din egen mail"},
		{"en", "Your approval has been noted.", "reviewer wrote: Retten har bedt om akterne", "The message has been released", "The question has been sent to the sender.", "You cannot release your own mail"},
	} {
		t.Run(l.lang, func(t *testing.T) {
			const page = "https://brevvagt.kommune.example/afsender/bcdf"
			r := newRig(t, func(c *Config) {
				c.Answer = func(_ context.Context, caseID, from string) (string, error) {
					if from != "bo.eksempel@kommune.example" {
						return "", fmt.Errorf("a link for %s", from)
					}
					return page, nil
				}
			})
			r.source.some = true
			d := bundle("a")
			d.To = d.To[:3]
			held := r.hold(t, d, time.Hour)
			own := screenshot("b")
			own.From = "dpo@kommune.example"
			mine := r.hold(t, own, time.Hour)

			first, second := signedIn(t, browser, r, "reviewer", l.lang), signedIn(t, browser, r, "dpo", l.lang)
			first.open("/sag/" + held.ID)
			first.do(chromedp.SendKeys(css("#spoergsmaal"), "Hvorfor sendes akterne til udlandet?"))
			first.submit(chromedp.Click(css("#spoerg-form button")))
			first.says(l.asked)
			if len(r.mail.sent) != 1 || !strings.Contains(r.mail.sent[0], page) || !strings.HasPrefix(r.mail.sent[0], "bo.eksempel@kommune.example\n") {
				t.Errorf("asked: %q", r.mail.sent)
			}
			first.do(chromedp.SendKeys(css("#frigiv-begrundelse"), "Retten har bedt om akterne"))
			first.submit(chromedp.Click(css("#frigiv button")))
			first.says(l.approved)
			if n := run(first, chromedp.Evaluate[int](`document.querySelectorAll("#frigiv button").length`)); n != 0 {
				t.Error("the first is asked again")
			}

			second.open("/sag/" + held.ID)
			second.says(l.wrote)
			second.do(chromedp.Click(css("label[for=modtager-1]")), chromedp.SendKeys(css("#frigiv-begrundelse"), "Enig"))
			second.submit(chromedp.Click(css("#frigiv button")))
			second.says(l.released)
			if got := strings.Join(r.source.to, " "); got != d.To[0]+" "+d.To[2] {
				t.Errorf("released to %q", got)
			}

			second.open("/sag/" + mine.ID)
			second.do(chromedp.SendKeys(css("#frigiv-begrundelse"), "Min egen"))
			second.submit(chromedp.Click(css("#frigiv button")))
			second.says(l.own)
			second.wanted("403")
			if len(r.source.delivered) != 1 {
				t.Errorf("%d delivered", len(r.source.delivered))
			}
			first.quiet()
			second.quiet()
		})
	}
}

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
