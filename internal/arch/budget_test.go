package arch_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The budgets: small enough to hold in the head.
const (
	maxFileLines     = 400
	maxFunctionLines = 120
	maxPackageLines  = 1500
	maxInterface     = 3
	maxStructFields  = 15
)

// largePackages may be longer, each for its reason.
var largePackages = map[string]int{
	"cmd/brevvagt":                 3115, // wiring: a file a subcommand, imported by nobody
	"document":                     1780, // the walk and its limits, and how numbers are kept apart in any format
	"document/mail":                2250, // one walker for a format that has no end of broken dialects
	"scanner/memory":               1600, // one table of facts, whose questions and notes share every key
	"scanner/policy":               2340, // a list of rules, each a value by itself, and the ways out, and runs that mails take along
	"scanner/source/share/state":   1950, // one set of tables in two databases, each statement with its reason
	"scanner/source/share/night":   1700, // a night from its clock to its last file, and what any moment of it leaves behind
	"scanner/source/gateway/relay": 1550, // one client, whose every answer is a case, and the notices it sends
	"scanner/source/gateway":       1550, // one lane: its milter, the reconciler and releases share the same mail
	"document/plain":               2470, // a small reader each for what is nearly text
	"document/pdf":                 3160, // a PDF has as many hiding places as calls to look into them
	"document/ocr":                 1560, // one page is looked at in many ways, each for a kind of picture
	"quarantine/review":            1650, // the access table and what its pages of cases share
	"cmd/brevvagt/office":          1680, // a command a page of the DPO's work
	"quarantine/review/words":      1700, // every text of every page, in two languages
	"quarantine":                   2585, // one service: hold, find, decide, expire over one table of moves
	"cmd/brevvagt/config":          1700, // every setting of the one file, with its bounds and what doctor says of it
	"internal/incidents":           2300, // a scenario is a short function, and there are eighty of them
	"detectors/residue":            1850, // placeholders of every merge system, and the skeleton of a letter
	"detectors/special":            3025, // the lexicon in its forms, lists of those who have a matter in common, a sieve that passes over what is none of them, cues that tell a life together, members of councils and signatures, and what tells a statement about somebody from any other
	"detectors/subject":            3520, // who a paper is about, read from letters, forms, tables, lists and prose
	"scanner/policy/parties":       5120, // who a mail is for, by its address, greeting, papers and what it quotes, and which parent or house

	"scanner/source/letters/compare": 2935, // one letter beside one row, every way it can be another's or its own in other words, and every way the two are linked, and those in mails
}

// largeStructs may have more fields: stored rows, deposits, configuration, and the
// state of parsers, where each field is a mode of the format.
var largeStructs = []string{"Deposit", "Item", "Case", "Evidence", "Site", "Draft", "Config", "walker", "reader", "Scanner"}

func TestBudgets(t *testing.T) {
	root := moduleRoot(t)
	lines := make(map[string]int)
	for _, dir := range packageDirs(t, root) {
		files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			lines[dir] += checkFile(t, root, file)
		}
		if budget := max(maxPackageLines, largePackages[dir]); lines[dir] > budget {
			t.Errorf("package %s has %d lines, budget %d", dir, lines[dir], budget)
		}
	}
}

func checkFile(t *testing.T, root, file string) int {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rel, _ := filepath.Rel(root, file)
	n := bytes.Count(src, []byte("\n"))
	if n > maxFileLines {
		t.Errorf("%s has %d lines, budget %d", rel, n, maxFileLines)
	}
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, file, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(tree, func(node ast.Node) bool {
		switch x := node.(type) {
		case *ast.FuncDecl:
			if got := fset.Position(x.End()).Line - fset.Position(x.Pos()).Line; got > maxFunctionLines {
				t.Errorf("%s: function %s has %d lines, budget %d", rel, x.Name.Name, got, maxFunctionLines)
			}
			if x.Name.Name == "init" && x.Recv == nil {
				t.Errorf("%s has an init function", rel)
			}
		case *ast.TypeSpec:
			checkType(t, rel, x)
		}
		return true
	})
	return n
}

func checkType(t *testing.T, rel string, x *ast.TypeSpec) {
	t.Helper()
	switch y := x.Type.(type) {
	case *ast.InterfaceType:
		if y.Methods.NumFields() > maxInterface {
			t.Errorf("%s: interface %s has %d methods, budget %d", rel, x.Name.Name, y.Methods.NumFields(), maxInterface)
		}
	case *ast.StructType:
		for _, ok := range largeStructs {
			if strings.HasSuffix(x.Name.Name, ok) {
				return
			}
		}
		if y.Fields.NumFields() > maxStructFields {
			t.Errorf("%s: struct %s has %d fields, budget %d", rel, x.Name.Name, y.Fields.NumFields(), maxStructFields)
		}
	}
}
