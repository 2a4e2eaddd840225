// Package porttest gives tests ports of their own to be used later, by a server that
// is told its port: no other test on the machine gets the same, and the system gives
// them to nobody who asks for any port. Only tests import it.
package porttest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
)

// The ports lie below those that Linux gives to whoever connects or listens without a
// wish (32768 and up unless somebody changed ip_local_port_range).
const first, last = 20000, 32700

// Free is the address of a port of loopback, "127.0.0.1:23456", on which nobody
// listens. It is the test's own until the test ends. It fails a test that finds none.
func Free(tb testing.TB) string {
	tb.Helper()
	addr, release, err := take()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(release)
	return addr
}

// take finds a port and keeps others off it until release.
func take() (addr string, release func(), err error) {
	for range 200 {
		port := first + rand.IntN(last-first)
		// A name in the abstract namespace belongs to one process at a time and is
		// free again when that ends, however it ends.
		mine, err := net.Listen("unix", fmt.Sprintf("@brevvagt-test-port-%d", port))
		if err != nil {
			continue
		}
		addr := fmt.Sprintf("127.0.0.1:%d", port)
		l, err := net.Listen("tcp", addr)
		if err == nil && l.Close() == nil {
			return addr, func() { _ = mine.Close() }, nil
		}
		_ = mine.Close()
	}
	return "", nil, errors.New("no port is free")
}
