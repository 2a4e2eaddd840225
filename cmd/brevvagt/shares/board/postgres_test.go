package board

import (
	"testing"

	"brevvagt/internal/storetest"
)

func TestOnPostgres(t *testing.T) {
	storetest.Again(t, "TestMetrics.*|TestAList.*|TestTimeLeft.*|TestProblems.*")
}
