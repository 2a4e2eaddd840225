package main

import (
	"testing"

	"brevvagt/internal/storetest"
)

func TestSummariesOnPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	storetest.Use(t)
	t.Run("sent once", TestSummariesAreSentOnceAndTellWhatIsNew)
	t.Run("weekly", TestSummariesWeekly)
	t.Run("later", TestAScanUnderWayIsToldWhenItIsOver)
}
