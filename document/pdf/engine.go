package pdf

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"brevvagt/document"
)

// memoryPages is what pdfium may use, in pages of 64 KiB: 512 MiB. A bomb then ends
// in an error and not in gigabytes.
const memoryPages = 8192

// engine is pdfium's code, compiled at the first file and kept; each file gets a
// fresh instance.
type engine struct {
	cacheDir string
	pages    uint32 // memory limit
	mu       sync.Mutex
	pool     pdfium.Pool
	handles  *handles // of the newest instance, for tests
}

func (e *engine) instance(ctx context.Context) (pdfium.Pdfium, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.pool == nil {
		pool, err := start(e.cacheDir, e.pages)
		if err != nil && e.cacheDir != "" {
			pool, err = start("", e.pages) // a cache that cannot be read costs time, no more
		}
		if err != nil {
			return nil, fmt.Errorf("%w: pdfium does not start: %w", document.ErrNoEngine, err)
		}
		e.pool = pool
	}
	p, err := e.pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot start pdfium: %w", err)
	}
	e.handles = keepHandles(p)
	return p, nil
}

func start(cacheDir string, pages uint32) (pdfium.Pool, error) {
	// No CloseOnContextDone: it doubles the time, and the worker is killed anyway.
	rc := wazero.NewRuntimeConfig().WithMemoryLimitPages(pages)
	if cacheDir != "" {
		if _, err := os.Stat(cacheDir); err != nil {
			return nil, fmt.Errorf("no cache: %w", err)
		}
		cache, err := wazero.NewCompilationCacheWithDir(cacheDir)
		if err != nil {
			return nil, fmt.Errorf("cannot use the cache: %w", err)
		}
		rc = rc.WithCompilationCache(cache)
	}
	return webassembly.Init(webassembly.Config{
		Context: experimental.WithMemoryAllocator(context.Background(), &lands{}),
		MinIdle: 0, MaxIdle: 1, MaxTotal: 2,
		RuntimeConfig: rc,
		FSConfig:      wazero.NewFSConfig(), // the default would show it the whole disk
		Stdout:        io.Discard,
		Stderr:        io.Discard,
	})
}

// Warm compiles pdfium into dir, which it makes if need be, so that workers start
// in a tenth of a second and need not write: they cannot. It takes some seconds and
// 300 MB the first time, a tenth of a second later, and belongs before the first
// worker: into the start of a program or the installation.
func Warm(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("cannot make the cache: %w", err)
	}
	pool, err := start(dir, memoryPages)
	if err != nil {
		return fmt.Errorf("cannot compile pdfium into the cache: %w", err)
	}
	defer pool.Close()
	p, err := pool.GetInstance(time.Minute)
	if err != nil {
		return fmt.Errorf("cannot start pdfium from the cache: %w", err)
	}
	return p.Close()
}
