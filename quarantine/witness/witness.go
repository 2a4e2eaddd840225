// Package witness sends the ledger's signed head off the machine once a day, by mail
// and to a file on another machine's disk: whoever rewrites the ledger here cannot
// rewrite what lies there.
package witness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"brevvagt/internal/safefile"
)

// Mailer sends a mail of plain text.
type Mailer interface {
	Send(ctx context.Context, to []string, subject, text string) error
}

// every is how often a head goes out, a little less than a day so that a daemon that
// looks once a minute keeps to the same hour.
const every = 24*time.Hour - 5*time.Minute

// Witness is where heads go. Marker is a file of the installation that holds the last
// head that went out.
type Witness struct {
	Head func(context.Context) (string, error) // signed
	// Still says what is wrong with the ledger, or that it does not begin with the one of
	// which an earlier head was taken; "" when all is well.
	Still  func(ctx context.Context, earlier string) (wrong string, err error)
	Mail   Mailer // nil where no mail can be sent
	To     []string
	File   string // heads are added at its end; "" for none
	Marker string
	Now    func() time.Time
}

// Run sends the head when a day has passed. What fails is tried again at the next
// call; then those that got it may get it twice.
func (w *Witness) Run(ctx context.Context) error {
	if len(w.To) == 0 && w.File == "" {
		return nil
	}
	info, err := os.Stat(w.Marker)
	if err == nil && w.Now().Sub(info.ModTime()) < every && !info.ModTime().After(w.Now()) {
		return nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("cannot see when the ledger's head went out: %w", err)
	}
	head, err := w.Head(ctx)
	if err != nil {
		return fmt.Errorf("cannot make the ledger's head: %w", err)
	}
	wrong, err := w.wrong(ctx)
	if err != nil {
		return fmt.Errorf("cannot compare the ledger with its last head: %w", err)
	}
	if err := errors.Join(w.mail(ctx, head, wrong), w.add(head, wrong)); err != nil {
		return err
	}
	if _, err := safefile.Write(w.Marker, strings.NewReader(head)); err != nil {
		return fmt.Errorf("cannot note that the ledger's head went out: %w", err)
	}
	return os.Chtimes(w.Marker, w.Now(), w.Now())
}

// wrong compares the ledger with the head that went out last, so that a ledger which was
// cut or written anew is told of within a day. The copy here could be changed as well;
// those that went out cannot.
func (w *Witness) wrong(ctx context.Context) (string, error) {
	last, err := os.ReadFile(w.Marker)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return w.Still(ctx, string(last))
}

func (w *Witness) mail(ctx context.Context, head, wrong string) error {
	if len(w.To) == 0 {
		return nil
	}
	if w.Mail == nil {
		return errors.New("the ledger's head cannot be mailed: notify.from is not set")
	}
	subject, warning := "Brevvagt: revisionssporets hoved "+w.Now().Format("02.01.2006"), ""
	if wrong != "" {
		subject = "ADVARSEL: " + subject
		warning = "ADVARSEL: revisionssporet passer ikke med det hoved, der sidst blev sendt (" + wrong + "). Det kan være ændret, klippet af eller lagt tilbage fra en sikkerhedskopi. Spørg driften, hvad der er sket, og sammenhold med de hoveder, du har gemt.\n\n"
	}
	text := warning + "Dette er brevvagts revisionsspor, som det stod i dag. Gem mailen: med den kan det ses, om sporet siden er ændret eller klippet af.\n\n" +
		head + "\nGem linjerne fra \"brevvagt ledger\" og ned i en fil, og kør: brevvagt ledger verify --head FIL\n"
	if err := w.Mail.Send(ctx, w.To, subject, text); err != nil {
		return fmt.Errorf("cannot mail the ledger's head: %w", err)
	}
	return nil
}

func (w *Witness) add(head, wrong string) (err error) {
	if w.File == "" {
		return nil
	}
	f, err := os.OpenFile(w.File, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("cannot keep the ledger's head elsewhere: %w", err)
	}
	_, err = fmt.Fprintf(f, "# %s\n", w.Now().UTC().Format(time.RFC3339))
	if wrong != "" {
		_, werr := fmt.Fprintf(f, "# ADVARSEL: %s\n", wrong)
		err = errors.Join(err, werr)
	}
	_, herr := fmt.Fprint(f, head)
	err = errors.Join(err, herr)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("cannot keep the ledger's head elsewhere: %w", err)
	}
	return nil
}
