//go:build !norclone

package rclone

import (
	"context"
	"errors"
	"io"
	iofs "io/fs"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/fserrors"
	"github.com/rclone/rclone/lib/pacer"

	"brevvagt/scanner/source/share/cloud/frame"
)

// explained is an error with its meaning.
type explained struct {
	what  frame.Problem
	cause error
}

func (e *explained) Error() string          { return e.what.Text }
func (e *explained) Unwrap() error          { return e.cause }
func (e *explained) Problem() frame.Problem { return e.what }

// problem says what an error of rclone's means.
func (b *backend) problem(err error) error {
	var done *explained
	if err == nil || errors.As(err, &done) {
		return err
	}
	p := frame.Problem{Code: code(err), Text: b.hideSecrets(err.Error())}
	if p.Code == frame.Throttled {
		p.Retry = max(0, time.Until(fserrors.RetryAfterErrorTime(err)).Milliseconds())
		if after, ok := pacer.IsRetryAfter(err); ok {
			p.Retry = after.Milliseconds()
		}
	}
	return &explained{p, err}
}

// words are what the storages say in their own ways; rclone hands their answers on as
// errors of many types.
var words = []struct {
	code frame.Code
	any  []string
}{
	{frame.Throttled, []string{"429", "too many requests", "toomanyrequests", "activitylimitreached", "slowdown", "slow down", "ratelimitexceeded", "throttl", "503 service unavailable", "server too busy"}},
	{frame.Denied, []string{"401 ", "403 ", "statuscode: 401", "statuscode: 403", "error 401", "error 403", "unauthorized", "forbidden", "accessdenied", "access denied", "permission denied", "unable to authenticate", "invalidaccesskeyid", "signaturedoesnotmatch", "invalid_client", "unauthorized_client"}},
	{frame.Offline, []string{"connection refused", "connection reset", "no such host", "i/o timeout", "network is unreachable", "no route to host", "connection lost", "broken pipe", "use of closed network connection", "502 bad gateway", "504 gateway"}},
}

func code(err error) frame.Code {
	var netErr net.Error
	switch {
	case errors.Is(err, fs.ErrorObjectNotFound), errors.Is(err, fs.ErrorDirNotFound), errors.Is(err, fs.ErrorIsDir), errors.Is(err, iofs.ErrNotExist):
		return frame.Gone
	case errors.Is(err, fs.ErrorPermissionDenied), errors.Is(err, iofs.ErrPermission):
		return frame.Denied
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return frame.Broken
	case fserrors.IsRetryAfterError(err):
		return frame.Throttled
	case errors.As(err, &netErr), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EPIPE):
		return frame.Offline
	}
	text := strings.ToLower(err.Error())
	for _, w := range words {
		for _, word := range w.any {
			if strings.Contains(text, word) {
				return w.code
			}
		}
	}
	return frame.Broken
}
