package quarantine

import (
	"testing"

	"brevvagt/internal/storetest"
)

func TestOnPostgres(t *testing.T) {
	storetest.Again(t, "TestPassphraseUnlocksTheKey|TestRead") // slow, and the same anywhere
}
