package shares

import (
	"context"
	"time"

	"brevvagt/scanner/source/share/report"
)

// Report tells what lies on the named shares, on all when none is named.
func (s *Shares) Report(ctx context.Context, names []string) (*report.Report, error) {
	list, err := s.named(names)
	if err != nil {
		return nil, err
	}
	var about []report.Share
	for _, o := range list {
		about = append(about, report.Share{Name: o.share.Name, Show: o.share.Show})
	}
	return report.Build(ctx, s.DB, about, time.Now())
}
