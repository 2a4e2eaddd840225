package porttest

import (
	"net"
	"testing"
)

// TestNobodyElseGetsIt: what is taken is free to listen on, and is given once.
func TestNobodyElseGetsIt(t *testing.T) {
	seen := map[string]bool{}
	for range 500 {
		addr := Free(t)
		if seen[addr] {
			t.Fatalf("%s was given twice", addr)
		}
		seen[addr] = true
		l, err := net.Listen("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
	}
}

// TestReleasedIsFree: what a test has done with can be had again.
func TestReleasedIsFree(t *testing.T) {
	addr, release, err := take()
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(addr)
	if l, err := net.Listen("unix", "@brevvagt-test-port-"+port); err == nil {
		l.Close()
		t.Error("another process could take it meanwhile")
	}
	release()
	l, err := net.Listen("unix", "@brevvagt-test-port-"+port)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}
