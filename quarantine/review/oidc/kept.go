package oidc

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often the provider is asked for its keys: a few times at once, as when it has just
// changed them, and then now and again.
const (
	keysEvery = 5 * time.Second
	keysAgain = 5
)

// kept answers a question for the provider's keys with what it said last when it was asked
// often just before: every token that names a key nobody knows asks anew, and anybody can
// write such a token. So a flood of them costs us a little arithmetic and the provider
// nothing, and its own tokens need not wait behind them.
type kept struct {
	http.RoundTripper
	now func() time.Time

	mu      sync.Mutex
	address string // of the keys, "" until it is known
	often   *rate.Limiter
	body    []byte
}

func newKept(base http.RoundTripper, now func() time.Time) *kept {
	return &kept{RoundTripper: base, now: now, often: rate.NewLimiter(rate.Every(keysEvery), keysAgain)}
}

// at says where the keys are.
func (k *kept) at(address string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if address != k.address {
		k.address, k.body = address, nil
	}
}

// last is what the provider said last, when it is not to be asked again yet.
func (k *kept) last(address string) (body []byte, keys bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if keys = address != "" && address == k.address; !keys || k.body == nil || k.often.AllowN(k.now(), 1) {
		return nil, keys
	}
	return k.body, true
}

// RoundTrip implements http.RoundTripper.
func (k *kept) RoundTrip(r *http.Request) (*http.Response, error) {
	address := r.URL.String()
	body, keys := k.last(address)
	if body != nil {
		return &http.Response{Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
			Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}, nil
	}
	res, err := k.RoundTripper.RoundTrip(r)
	if err != nil || !keys || res.StatusCode != http.StatusOK {
		return res, err
	}
	body, err = io.ReadAll(res.Body) // it is bounded
	res.Body.Close()
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	k.mu.Lock()
	defer k.mu.Unlock()
	if address == k.address {
		k.body = body
	}
	return res, nil
}
