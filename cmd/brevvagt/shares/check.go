package shares

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/scanner/source/share/watch"
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

// Watched says in Danish how changes on a share are seen between the nights, by a process
// of the user that asks; "" where nobody asked for that.
func Watched(c config.Share) string {
	if !c.Live {
		return ""
	}
	w, err := watch.Open(c.Path)
	if err != nil {
		return "live virker ikke: " + err.Error()
	}
	defer w.Close()
	if w.How == watch.Fanotify {
		return "live med fanotify (hele filsystemet), når brevvagt kører som denne bruger"
	}
	most, err := os.ReadFile("/proc/sys/fs/inotify/max_user_watches")
	if err != nil {
		return "live med inotify, mappe for mappe"
	}
	return fmt.Sprintf("live med inotify, mappe for mappe, højst %s mapper i alt (fs.inotify.max_user_watches)", strings.TrimSpace(string(most)))
}
