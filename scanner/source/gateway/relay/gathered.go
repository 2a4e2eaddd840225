package relay

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// listed is how many mails a gathered notice names, each with its link, and reasons how
// many different reasons it gives.
const listed, reasons = 20, 3

// sendGathered sends one notice about many mails of one sender.
func sendGathered(ctx context.Context, h *Hop, list []Notice) error {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Notice) int { return a.Sent.Compare(b.Sent) })
	first := list[0]
	first.MessageID = "" // it answers no single mail
	w := first.Kind.gathered()
	content, err := first.compose(fmt.Sprintf(w.title, len(list)), gatheredText(w, list))
	if err != nil {
		return err
	}
	return sendNotice(ctx, h, first.To, content)
}

// gathered is wording for many mails; title, danish and english have their number. Only
// what is held and what was warned of comes in great numbers.
func (k Kind) gathered() wording {
	if k == Warned {
		w := k.wording()
		w.title, w.english = "Til orientering om %d af dine mails", "%d of your mails were sent. This is what we found in them."
		w.danish = "%d mails fra dig er sendt. Her er, hvad vi fandt i dem. Om mange mails, der\nligner hinanden, skriver vi højst én gang i timen."
		return w
	}
	return wording{
		title:     "%d af dine mails er ikke sendt endnu",
		danish:    "%d mails fra dig er ikke sendt endnu. De ligger i karantæne, til de er\nvurderet. Om mange mails, der ligner hinanden, skriver vi højst én gang i timen.",
		english:   "%d of your mails have not been sent yet. They are in quarantine until somebody has assessed them.",
		onDanish:  "Du behøver ikke sende dem igen. Haster det, så send dem ad en sikker vej, eller bed din DPO om at frigive dem.",
		onEnglish: "Do not send them again. If it is urgent, use a secure route or ask your DPO to release them.",
	}
}

// gatheredText is the body; list is not empty.
func gatheredText(w wording, list []Notice) string {
	var b strings.Builder
	var why, whyEnglish []string
	for _, n := range list {
		if s := oneLine(n.Reason); s != "" && !slices.Contains(why, s) && len(why) < reasons {
			why, whyEnglish = append(why, s), append(whyEnglish, oneLine(n.English))
		}
	}
	fmt.Fprintf(&b, w.danish+"\n", len(list))
	for _, s := range why {
		b.WriteString("\n" + s + "\n")
	}
	b.WriteString("\n" + w.onDanish + "\n")
	linked := slices.ContainsFunc(list, func(n Notice) bool { return n.Link != "" })
	if linked {
		b.WriteString("\nMed linket ved hver mail vælger du selv, hvad der skal ske med den.\n")
	}
	for _, n := range list[:min(listed, len(list))] {
		b.WriteString("\n" + n.listedText() + "\n")
	}
	if more := len(list) - listed; more > 0 {
		fmt.Fprintf(&b, "\n... og %d til. Spørg din DPO om dem.\n", more)
	}
	if help := oneLine(list[0].Help); help != "" {
		b.WriteString("\nHjælp: " + help + "\n")
	}
	fmt.Fprintf(&b, "\n--- English ---\n\n"+w.english+"\n", len(list))
	for _, s := range whyEnglish {
		if s != "" {
			b.WriteString(s + "\n")
		}
	}
	b.WriteString(w.onEnglish + "\n")
	if linked {
		b.WriteString("Each link above lets you choose what is to happen with that mail.\n")
	}
	return b.String()
}

// listedText is one mail among others.
func (n Notice) listedText() string {
	var lines []string
	if subject := oneLine(n.Subject); subject != "" {
		lines = append(lines, "Emne: "+subject)
	}
	if !n.Sent.IsZero() {
		lines = append(lines, "Modtaget fra dig: "+n.Sent.Format("02.01.2006 15:04"))
	}
	if found := oneLine(n.Found); found != "" {
		lines = append(lines, "Fundet: "+found)
	}
	if ref := oneLine(n.Reference); ref != "" {
		lines = append(lines, "Sagsnummer: "+ref)
	}
	if n.Link != "" {
		lines = append(lines, oneWord(n.Link))
	}
	return strings.Join(lines, "\n")
}
