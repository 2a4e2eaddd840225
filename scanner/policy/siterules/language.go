package siterules

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"

	"brevvagt/detectors"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/policy/setting"
)

type finding = detectors.Finding

// maxCost bounds one evaluation, in CEL's units of work: some milliseconds.
const maxCost = 200_000

// maxFindings is how many findings an expression is shown; the rest would only say
// the same again.
const maxFindings = 1000

// language compiles the expressions of a configuration.
type language struct{ env *cel.Env }

// newLanguage declares what an expression may look at. No found value is among it.
func newLanguage() (*language, error) {
	texts := cel.ListType(cel.StringType)
	env, err := cel.NewEnv(
		cel.Variable("kind", cel.StringType),    // mail, file, letter
		cel.Variable("from", cel.StringType),    // sender, lower case
		cel.Variable("to", texts),               // recipients, lower case
		cel.Variable("internal", texts),         // of them, our own
		cel.Variable("external", texts),         // everybody else
		cel.Variable("unprotected", texts),      // external without a secure connection
		cel.Variable("foreign", texts),          // external under another country's code
		cel.Variable("members", cel.IntType),    // recipients, lists counted by members
		cel.Variable("sealed", cel.BoolType),    // encrypted end to end
		cel.Variable("subject", cel.StringType), // of the mail
		cel.Variable("numbers", cel.IntType),    // distinct CPR numbers, sure ones
		cel.Variable("people", cel.IntType),     // people whom the item is about
		cel.Variable("gaps", texts),             // reasons of what could not be read
		cel.Variable("published", cel.BoolType), // a file in a public folder
		// What earlier mails tell. The names are whole, so that a slip is an error.
		cel.Variable("memory.learned", cel.BoolType),                                     // enough mail was seen for what is new to be unusual
		cel.Variable("memory.sent_before", cel.BoolType),                                 // this sender has written to every recipient's domain
		cel.Variable("memory.new_domains", cel.IntType),                                  // recipients to whose domain nobody here has written
		cel.Variable("memory.alike_domains", cel.IntType),                                // of them, those whose domain looks like one that is written to
		cel.Variable("memory.run", cel.IntType),                                          // mails of the same run before this one
		cel.Variable("memory.people_today", cel.IntType),                                 // people whose papers this sender has sent to one recipient within a day
		cel.Variable("memory.resent", cel.BoolType),                                      // an attachment went to somebody else before
		cel.Variable("findings", cel.ListType(cel.MapType(cel.StringType, cel.DynType))), // detector, category, strength, path, layer, ocr
		cel.Function("domain", cel.Overload("domain_string", []*cel.Type{cel.StringType}, cel.StringType,
			cel.UnaryBinding(func(v ref.Val) ref.Val {
				s, _ := v.Value().(string)
				return types.String(policy.Domain(s))
			}))),
		ext.Strings(),
	)
	if err != nil {
		return nil, fmt.Errorf("cannot set up the language of rules: %w", err)
	}
	return &language{env: env}, nil
}

// names are what an expression may look at.
func (l *language) names() string {
	var out []string
	for _, v := range l.env.Variables() {
		if n := v.Name(); n != "" && n[0] >= 'a' && n[0] <= 'z' && !slices.Contains(celTypes, n) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), ", ") + " and domain(address)"
}

// celTypes are names of CEL's own types.
var celTypes = []string{"bool", "bytes", "double", "dyn", "int", "list", "map", "null_type", "string", "type", "uint"}

// condition is a compiled expression; nil is none.
type condition struct{ program cel.Program }

// compile reads an expression, which must give true or false.
func (l *language) compile(e setting.Expression) (*condition, error) {
	if e.Text == "" {
		return nil, nil
	}
	ast, issues := l.env.Compile(e.Text)
	if issues.Err() != nil {
		return nil, fmt.Errorf("line %d: %w; an expression may use %s", e.Line, issues.Err(), l.names())
	}
	if ast.OutputType() != cel.BoolType {
		return nil, fmt.Errorf("line %d: the expression gives %s, must give true or false", e.Line, ast.OutputType())
	}
	program, err := l.env.Program(ast, cel.CostLimit(maxCost), cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", e.Line, err)
	}
	return &condition{program}, nil
}

// holds evaluates the condition. Where it cannot be worked out, as when it costs
// too much, the answer is doubt.
func (c *condition) holds(_ policy.Site, f *policy.Facts, doubt bool) bool {
	if c == nil {
		return doubt // none: "when" always holds and "unless" never
	}
	v, _, err := c.program.Eval(&facts{f})
	if err != nil {
		return doubt
	}
	b, ok := v.Value().(bool)
	if !ok {
		return doubt
	}
	return b
}

// facts shows an item to an expression, each part when it is asked for.
type facts struct{ *policy.Facts }

// Parent is part of cel.Activation.
func (*facts) Parent() cel.Activation { return nil }

// ResolveName is part of cel.Activation.
func (f *facts) ResolveName(name string) (any, bool) {
	switch name {
	case "kind":
		return f.Kind, true
	case "from":
		return f.From, true
	case "to":
		return f.To, true
	case "internal":
		return f.Channel.Internal, true
	case "external":
		return f.Channel.External, true
	case "unprotected":
		return f.Channel.Unprotected, true
	case "foreign":
		return f.Channel.Foreign, true
	case "members":
		return int64(f.Channel.Members), true
	case "sealed":
		return f.Channel.Sealed, true
	case "subject":
		if f.Doc.Mail == nil {
			return "", true
		}
		return f.Doc.Mail.Subject, true
	case "numbers":
		return int64(f.Numbers()), true
	case "people":
		return int64(len(f.Subjects)), true
	case "gaps":
		return f.reasons(), true
	case "published":
		return f.Public, true
	case "memory.learned":
		return f.Past.Settled, true
	case "memory.sent_before":
		return f.Past.Asked && f.Past.First == 0, true
	case "memory.new_domains":
		return int64(f.Past.New), true
	case "memory.alike_domains":
		return int64(f.Past.Alike), true
	case "memory.run":
		return int64(f.Past.Run.Sent + f.Past.Run.Held), true
	case "memory.people_today":
		return int64(f.Past.Bulk), true
	case "memory.resent":
		return len(f.Past.Resent) > 0, true
	case "findings":
		return f.findings(), true
	}
	return nil, false
}

func (f *facts) reasons() []string {
	out := []string{}
	for _, g := range f.Gaps {
		if !slices.Contains(out, string(g.Why)) {
			out = append(out, string(g.Why))
		}
	}
	return out
}

func (f *facts) findings() []map[string]any {
	out := []map[string]any{}
	for i := range f.Findings[:min(len(f.Findings), maxFindings)] {
		x := &f.Findings[i]
		out = append(out, map[string]any{
			"detector": x.Detector, "category": x.Category, "strength": string(x.Strength),
			"path": x.At.Path, "layer": string(x.At.Layer), "ocr": x.At.OCR,
		})
	}
	return out
}
