// Package health tells others whether the daemon works: over HTTP for a
// monitoring system, and to systemd, which restarts a daemon that has hung.
//
// Glossary: alive means that a restart would not help; ready means that mail can
// be taken. What is not ready may still be alive, such as a full disk.
package health

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Check is one thing that must work; its error names what does not, and is shown
// to whoever asks, so it must quote nothing of a mail.
type Check func(ctx context.Context) error

// Health gathers checks. Set them before serving.
type Health struct {
	mu    sync.Mutex
	alive map[string]Check
	ready map[string]Check
}

// Alive adds a check whose failure a restart may mend.
func (h *Health) Alive(name string, c Check) { h.add(&h.alive, name, c) }

// Ready adds a check that must pass before mail can be taken.
func (h *Health) Ready(name string, c Check) { h.add(&h.ready, name, c) }

func (h *Health) add(to *map[string]Check, name string, c Check) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if *to == nil {
		*to = map[string]Check{}
	}
	(*to)[name] = c
}

// patience is how long one round of checks may take.
const patience = 5 * time.Second

// Failures runs the checks of liveness, and of readiness too when asked, and
// returns those that failed by name.
func (h *Health) Failures(ctx context.Context, readiness bool) map[string]string {
	h.mu.Lock()
	checks := maps.Clone(h.alive)
	if readiness {
		if checks == nil {
			checks = map[string]Check{}
		}
		maps.Copy(checks, h.ready)
	}
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	failed := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(checks)) {
		if err := run(ctx, checks[name]); err != nil {
			failed[name] = err.Error()
		}
	}
	return failed
}

// run gives up on a check that does not come back: one that hangs is the very
// thing to be found.
func run(ctx context.Context, c Check) error {
	done := make(chan error, 1)
	go func() { done <- c(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("no answer within %s", patience)
	}
}

// Handler answers /livez and /readyz with 200 or 503 and the failed checks as JSON.
func (h *Health) Handler() http.Handler {
	mux := http.NewServeMux()
	for path, readiness := range map[string]bool{"/livez": false, "/readyz": true} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			failed := h.Failures(r.Context(), readiness)
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Cache-Control", "no-store")
			if len(failed) > 0 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			_ = json.NewEncoder(w).Encode(map[string]any{"ok": len(failed) == 0, "failed": failed})
		})
	}
	return mux
}

// Tell sends one state to systemd, such as daemon.SdNotifyReady. Without systemd
// nothing happens.
func Tell(state string) { _, _ = daemon.SdNotify(false, state) }

// The states of sd_notify(3).
const (
	StateReady    = daemon.SdNotifyReady
	StateStopping = daemon.SdNotifyStopping
)

// Reloading is the state that begins a reload; StateReady ends it. systemd from
// version 253 on wants the monotonic time beside it.
func Reloading() string {
	return daemon.SdNotifyReloading + "\n" + daemon.SdNotifyMonotonicUsec()
}

// Watch feeds systemd's watchdog until ctx ends, as long as the checks of liveness
// pass. complain hears of those that do not. It returns at once where systemd has
// set no watchdog.
func (h *Health) Watch(ctx context.Context, complain func(failed map[string]string)) {
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil || every <= 0 {
		return
	}
	tick := time.NewTicker(every / 3)
	defer tick.Stop()
	for {
		if failed := h.Failures(ctx, false); len(failed) == 0 {
			Tell(daemon.SdNotifyWatchdog)
		} else if ctx.Err() == nil {
			complain(failed)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
