package review

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/casework"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/matrix"
	"brevvagt/quarantine/review/words"
)

// workView is what people do with a case besides deciding it.
type workView struct {
	CanWork, CanExcept, CanOpen, CanAsk, CanForget bool
	Notes                                          []logLine
	Assigned                                       string
	Colleagues                                     []string
	ExceptRules                                    []exceptRule
	Domain                                         string // of the recipients outside, when there is one
	People                                         *matrix.Matrix
	WorkLimit                                      int
}

type exceptRule struct{ ID, Label string }

// work adds to the page of a case.
func (s *server) work(r *http.Request, l words.Lang, c *quarantine.Case, u *frame.User, v *caseView) error {
	w := workView{CanWork: s.may(u.Role, "POST", "/sag/{id}/note"), CanExcept: s.may(u.Role, "POST", "/sag/{id}/falsk-alarm") && c.Kind == "mail" && c.From != "",
		CanOpen: s.may(u.Role, "POST", "/sag/{id}/original") && c.VaultObject != "", Assigned: words.Clean(c.Assigned, words.Short), WorkLimit: reasonLimit, People: matrix.In(l, c)}
	w.CanForget = s.may(u.Role, "POST", "/sag/{id}/glem") && s.Opener(r) != nil && !c.State.Open() && (c.VaultObject != "" || c.From != "" || len(c.To) > 0 || c.Name != "")
	w.CanAsk = w.CanWork && s.mail != nil && c.State == quarantine.Held && c.From != ""
	notes, err := s.Work.Notes(r.Context(), c.ID)
	if err != nil {
		return err
	}
	for _, n := range notes {
		w.Notes = append(w.Notes, logLine{When: words.ShortTime(l, n.At), Who: words.Clean(n.By, words.Short), What: words.Known(l, "notekind", n.Kind), Details: []string{words.CleanLines(n.Text, reasonLimit)}})
	}
	if w.CanWork && s.Colleagues != nil {
		if w.Colleagues, err = s.Colleagues(r.Context()); err != nil {
			return err
		}
	}
	for _, rule := range c.Rules {
		label := words.Rule(l, rule)
		if rule.Approvers > 1 {
			label += words.Text(l, "work.rule.two")
		}
		w.ExceptRules = append(w.ExceptRules, exceptRule{rule.ID, label})
	}
	w.Domain = oneDomain(c)
	v.workView = w
	return nil
}

// oneDomain is the domain of all recipients outside the sender's own, "" when there
// are several or none.
func oneDomain(c *quarantine.Case) string {
	domain := func(a string) string {
		return strings.ToLower(strings.Trim(a[strings.LastIndexByte(a, '@')+1:], "> "))
	}
	one := ""
	for _, to := range c.To {
		switch d := domain(to); {
		case d == domain(c.From):
		case one == "" || one == d:
			one = d
		default:
			return ""
		}
	}
	return one
}

// act runs a piece of work on a case and goes back to it.
func (s *server) act(w http.ResponseWriter, r *http.Request, j job, done string, do func(ctx context.Context, c *quarantine.Case, by string) error) {
	c, err := s.Service.Get(r.Context(), j.id)
	if errors.Is(err, quarantine.ErrNotFound) {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	if err == nil {
		err = do(r.Context(), c, j.by)
	}
	if err == nil {
		s.Tell(r, done)
		http.Redirect(w, r, "/sag/"+j.id, http.StatusSeeOther)
		return
	}
	key := ""
	switch {
	case errors.Is(err, casework.ErrText):
		key = "problem.text"
	case errors.Is(err, register.ErrPersonalData):
		key = "problem.text.cpr"
	case errors.Is(err, casework.ErrExpiry), errors.Is(err, casework.ErrScope):
		key = "problem.scope"
	case errors.Is(err, errMail):
		key = "problem.mail"
	case errors.Is(err, quarantine.ErrOwn):
		key = "problem.own.alarm"
	case errors.Is(err, quarantine.ErrNotAllowed):
		key = "problem.two.exception"
	default:
		s.Broken(w, r, "work on a case", err)
		return
	}
	s.notDone(w, r, j.id, key)
}

var errMail = errors.New("the mail was not sent")

func (s *server) addNote(w http.ResponseWriter, r *http.Request, j job) {
	s.act(w, r, j, "flash.note", func(ctx context.Context, c *quarantine.Case, by string) error {
		return s.Work.AddNote(ctx, by, c.ID, casework.Plain, r.PostForm.Get("note"))
	})
}

func (s *server) handOver(w http.ResponseWriter, r *http.Request, j job) {
	s.act(w, r, j, "flash.handed", func(ctx context.Context, c *quarantine.Case, by string) error {
		to := r.PostForm.Get("kollega")
		if s.Colleagues == nil {
			return casework.ErrScope
		}
		list, err := s.Colleagues(ctx)
		if err != nil {
			return err
		}
		if to != "" && !slices.Contains(list, to) {
			return casework.ErrScope
		}
		return s.Work.Hand(ctx, by, c.ID, to)
	})
}

// askSender sends the sender a question. The note is written first: a mail that was
// sent and not noted would be worse than the other way about.
func (s *server) askSender(w http.ResponseWriter, r *http.Request, j job) {
	s.act(w, r, j, "flash.asked", func(ctx context.Context, c *quarantine.Case, by string) error {
		if s.mail == nil || c.State != quarantine.Held {
			return errMail
		}
		text := strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get("spoergsmaal"), "\r\n", "\n"))
		if err := s.Work.AddNote(ctx, by, c.ID, casework.Asked, text); err != nil {
			return err
		}
		to, err := s.Service.Sender(ctx, c.ID)
		if err != nil {
			return err
		}
		subject := words.Text(words.Danish, "ask.subject", words.Clean(c.Subject, words.Short))
		end := words.Text(words.Danish, "ask.end")
		if s.answer != nil {
			link, err := s.answer(ctx, c.ID, to)
			if err != nil {
				return err
			}
			end = words.Text(words.Danish, "ask.link", link)
		}
		body := words.Text(words.Danish, "ask.intro", words.LongTime(words.Danish, c.Received)) + "\n\n" + text + "\n\n" + end + "\n"
		if err := s.mail.Send(ctx, []string{to}, subject, body); err != nil {
			s.Log.Warn("question not sent", "case", c.ID)
			return errMail
		}
		return nil
	})
}

func (s *server) falseAlarm(w http.ResponseWriter, r *http.Request, j job) {
	s.act(w, r, j, "flash.exception", func(ctx context.Context, c *quarantine.Case, by string) error {
		e := casework.Exception{Reason: j.reason, CaseID: c.ID}
		days := map[string]int{"7": 7, "30": 30, "90": 90, "365": 365}[r.PostForm.Get("dage")]
		if r.PostForm.Get("undtag") == "ja" {
			if days == 0 {
				return casework.ErrExpiry
			}
			e.Rule, e.Expires = r.PostForm.Get("regel"), s.Now().Add(time.Duration(days)*24*time.Hour)
			if !slices.ContainsFunc(c.Rules, func(rule quarantine.Rule) bool { return rule.ID == e.Rule }) {
				return casework.ErrScope
			}
			sender, err := s.Service.Sender(ctx, c.ID)
			if err != nil {
				return err
			}
			e.Sender = sender
			if r.PostForm.Get("omfang") != "alle" {
				if e.Domain = oneDomain(c); e.Domain == "" {
					return casework.ErrScope
				}
			}
		}
		if err := s.Service.MayExcept(ctx, c.ID, by, e.Rule); err != nil {
			return err
		}
		return s.Work.Except(ctx, by, e)
	})
}

// original hands the DPO what was held, as a file. The service writes the reason to
// the ledger before the first byte.
func (s *server) original(w http.ResponseWriter, r *http.Request, j job) {
	c, err := s.Service.Get(r.Context(), j.id)
	if errors.Is(err, quarantine.ErrNotFound) {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	var content io.ReadCloser
	if err == nil {
		content, err = s.Service.Original(r.Context(), j.id, j.by, j.reason, s.Opener(r))
	}
	if err != nil {
		s.refusedDecision(w, r, j.id, refused{}, err)
		return
	}
	defer content.Close()
	ext := ".eml"
	if c.Kind != "mail" {
		ext = ".bin" // never the sender's own name or type for it
	}
	s.Log.Info("original handed out", "user", j.by, "case", j.id)
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="original-`+j.id+ext+`"`)
	if _, err := io.Copy(w, content); err != nil {
		s.Log.Error("original not handed out whole", "case", j.id)
	}
}
