package shares

import (
	"context"
	"time"

	"brevvagt/cmd/brevvagt/config"
)

// Check connects to a share as a scan would and lists its root.
func Check(ctx context.Context, c config.Share, cfg config.Config) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	tree, err := newShare(c, cfg.Site, nil).Connect(ctx)
	if err != nil {
		return err
	}
	defer tree.Close()
	_, err = tree.List(ctx, "")
	return err
}
