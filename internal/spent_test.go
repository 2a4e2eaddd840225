package internal_test

import (
	"testing"
	"time"

	"brevvagt/internal/spent"
)

func TestWorkCountsAndSleepDoesNot(t *testing.T) {
	before := spent.Processor()
	for end := before + 20*time.Millisecond; spent.Processor() < end; {
	}
	worked := spent.Processor() - before
	time.Sleep(300 * time.Millisecond)
	if slept := spent.Processor() - before - worked; slept > 150*time.Millisecond {
		t.Errorf("%v for sleeping, %v for working", slept, worked)
	}
}
