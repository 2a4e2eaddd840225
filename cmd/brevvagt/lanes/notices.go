package lanes

import (
	"context"
	"errors"
	"fmt"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/quarantine"
	"brevvagt/quarantine/notices"
	"brevvagt/quarantine/repeats"
	"brevvagt/scanner"
	"brevvagt/scanner/source/gateway/relay"
)

// KeepNotice writes down letters about mails that made no case. The same mail handed
// in again is told of once.
func KeepNotice(svc *quarantine.Service) func(context.Context, scanner.Item, *scanner.Outcome, []byte) error {
	return func(ctx context.Context, it scanner.Item, out *scanner.Outcome, letter []byte) error {
		m := repeats.Mail{Source: it.Source, From: out.From, To: out.To, Content: it.Content}
		if out.Document != nil && out.Document.Mail != nil {
			m.MessageID = out.Document.Mail.MessageID
		}
		return svc.Notices().Add(ctx, svc.Notices().To(out.From, out.Runs, "warned", svc.NoticeOf(m, it.ID), letter))
	}
}

// keepAbout writes down the lanes' own notices, once for what each of them says.
func keepAbout(svc *quarantine.Service) func(context.Context, relay.Notice) error {
	return func(ctx context.Context, n relay.Notice) error {
		m := repeats.Mail{Source: "notice"}
		return svc.Notices().Add(ctx, notices.Letter{About: svc.NoticeOf(m, fmt.Sprintf("%d %s %s\n%s", n.Kind, n.Reference, n.To, n.Reason)), Text: n.Letter()})
	}
}

// SendNotices sends what was kept until ctx ends, as the configuration of the moment
// says. Of what was gathered, what somebody has decided meanwhile is left out.
func SendNotices(ctx context.Context, svc *quarantine.Service, cfg func() config.Config) error {
	return svc.Notices().Run(ctx, func(ctx context.Context, letters [][]byte) error {
		waits := func(n relay.Notice) bool {
			if n.Kind != relay.Held || n.Reference == "" {
				return true
			}
			c, err := svc.Get(ctx, n.Reference)
			return err != nil || c.State == quarantine.Held
		}
		err := relay.SendLetters(ctx, NoticeHop(cfg()), letters, waits)
		switch {
		case err == nil:
			return nil
		case relay.MayHaveArrived(err):
			return errors.Join(notices.ErrUnknown, err)
		case !relay.IsTemporary(err):
			return errors.Join(notices.ErrRefused, err)
		}
		return err
	})
}
