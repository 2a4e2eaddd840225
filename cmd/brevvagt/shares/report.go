package shares

import (
	"context"
	"time"

	"brevvagt/scanner/source/share/report"
)

// Report tells what is wanted of the named shares, of all when none is named.
func (s *Shares) Report(ctx context.Context, names []string, want report.Want) (*report.Report, error) {
	list, err := s.named(names)
	if err != nil {
		return nil, err
	}
	return report.Build(ctx, s.DB, about(list), time.Now(), want)
}

// Has reports whether all these shares are in the configuration.
func (s *Shares) Has(names []string) bool {
	_, err := s.named(names)
	return err == nil
}

// Tell gathers what lies on all shares for those who answer for it.
func (s *Shares) Tell(ctx context.Context, now time.Time, to report.To) (map[string]*report.Told, error) {
	return report.Tell(ctx, s.DB, about(s.list), now, to)
}

func about(list []one) []report.Share {
	var shares []report.Share
	for _, o := range list {
		shares = append(shares, report.Share{Name: o.share.Name, Show: o.share.Show})
	}
	return shares
}
