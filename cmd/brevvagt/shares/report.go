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
	var about []report.Share
	for _, o := range list {
		about = append(about, report.Share{Name: o.share.Name, Show: o.share.Show})
	}
	return report.Build(ctx, s.DB, about, time.Now(), want)
}

// Has reports whether all these shares are in the configuration.
func (s *Shares) Has(names []string) bool {
	_, err := s.named(names)
	return err == nil
}
