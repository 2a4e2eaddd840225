package handout_test

import (
	"testing"

	"brevvagt/internal/storetest"
)

func TestOnPostgres(t *testing.T) { storetest.Again(t, "TestBrowser.*") }
