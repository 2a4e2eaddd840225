package words

import (
	"maps"
	"sync"
)

// catalogue holds every text of the page by key, built once.
var catalogue = sync.OnceValue(func() map[string]phrase {
	all := make(map[string]phrase)
	for _, part := range []map[string]phrase{frame(), signIn(), accessTexts(), queueTexts(), caseTexts(), decisionTexts(), filterTexts(), batchTexts(), workTexts(), measureTexts(), senderTexts(), registerTexts(), entryTexts(), formTexts(), importTexts(), notificationTexts(), tellingTexts(), severityTexts(), clockTexts(), keyTexts(), shareTexts(), gapTexts(), vocabulary()} {
		maps.Copy(all, part)
	}
	return all
})

func frame() map[string]phrase {
	return map[string]phrase{
		"app.name":        {"brevvagt", "brevvagt"},
		"app.lead":        {"Standsede forsendelser", "Stopped messages"},
		"skip":            {"Gå til sidens indhold", "Skip to content"},
		"nav.label":       {"Hovedmenu", "Main menu"},
		"nav.queue":       {"Karantæne", "Quarantine"},
		"nav.register":    {"Fortegnelse over brud", "Breach register"},
		"nav.warnings":    {"Advarsler", "Warnings"},
		"nav.exceptions":  {"Undtagelser", "Exceptions"},
		"nav.stats":       {"Statistik", "Statistics"},
		"nav.status":      {"Drift", "Operations"},
		"nav.logout":      {"Log ud", "Log out"},
		"nav.user":        {"Logget ind som %s (%s)", "Signed in as %s (%s)"},
		"nav.language":    {"English", "Dansk"},
		"nav.language.to": {"en", "da"},
		"footer.text":     {"Det, du ser her, er fortrolige oplysninger. Log ud, når du går fra din plads.", "What you see here is confidential. Log out when you leave your desk."},

		"error.back":        {"Gå til forsiden", "Go to the front page"},
		"error.400":         {"Det kunne ikke læses", "That could not be read"},
		"error.400.text":    {"Siden fik noget, den ikke forstod. Gå tilbage, og prøv igen.", "The page was sent something it does not understand. Go back and try again."},
		"error.403":         {"Det har du ikke adgang til", "You do not have access to this"},
		"error.403.text":    {"Din rolle giver ikke adgang hertil. Spørg den, der opretter brugere i brevvagt, hvis det er en fejl.", "Your role does not give access. Ask whoever creates users in brevvagt if you think this is wrong."},
		"error.origin":      {"Handlingen blev stoppet", "The action was stopped"},
		"error.origin.text": {"Handlingen kom fra en anden side end brevvagt, og derfor er der ikke ændret noget. Åbn brevvagt direkte, og prøv igen.", "The action came from another site than brevvagt, so nothing was changed. Open brevvagt directly and try again."},
		"error.locked":      {"Nøglen er ikke låst op", "The key is not unlocked"},
		"error.locked.text": {"Nøglen til karantænen er ikke låst op i denne session. Lås den op med din adgangssætning på linjen øverst på siden, eller bed en kollega, der har en nøgle.", "The quarantine key is not unlocked in this session. Unlock it with your passphrase on the line at the top of the page, or ask a colleague who has a key."},
		"error.404":         {"Siden findes ikke", "The page does not exist"},
		"error.404.text":    {"Adressen er forkert, eller sagen er slettet efter fristen.", "The address is wrong, or the case has been deleted after its retention period."},
		"error.405":         {"Det kan man ikke her", "That is not possible here"},
		"error.405.text":    {"Adressen findes, men den kan ikke bruges på den måde. Gå til forsiden, og prøv igen.", "The address exists but cannot be used in that way. Go to the front page and try again."},
		"error.500":         {"Noget gik galt hos os", "Something went wrong here"},
		"error.500.text":    {"Intet er sendt videre på grund af fejlen. Prøv igen om lidt. Bliver det ved, så sig det til driften.", "Nothing has been sent because of this error. Try again shortly. If it persists, tell operations."},

		"months": {
			"januar februar marts april maj juni juli august september oktober november december",
			"January February March April May June July August September October November December",
		},
		"role.dpo":      {"DPO", "DPO"},
		"role.reviewer": {"sagsbehandler", "case worker"},
		"role.auditor":  {"revisor, kun læseadgang", "auditor, read only"},
		"role.operator": {"drift, uden indhold", "operations, no content"},
	}
}

func signIn() map[string]phrase {
	return map[string]phrase{
		"login.title":      {"Log ind", "Sign in"},
		"login.lead":       {"Her ser DPO og sagsbehandlere de forsendelser, brevvagt har standset, og frigiver eller afviser dem.", "Here the DPO and case workers see what brevvagt has stopped, and release or reject it."},
		"login.name":       {"Brugernavn", "User name"},
		"login.passphrase": {"Adgangssætning", "Passphrase"},
		"login.hint":       {"Adgangssætningen åbner også nøglen til karantænen. Nøglen ligger kun i serverens hukommelse, mens du er logget ind.", "The passphrase also unlocks the quarantine key. The key stays in the server's memory only while you are signed in."},
		"login.button":     {"Log ind", "Sign in"},
		"login.wrong":      {"Brugernavn eller adgangssætning er forkert. Prøv igen.", "The user name or passphrase is wrong. Try again."},
		"login.empty":      {"Skriv både brugernavn og adgangssætning.", "Enter both user name and passphrase."},
		"login.slow":       {"Der har været for mange forgæves forsøg med brugernavnet eller herfra. Der er lukket i et kvarter. Prøv igen derefter.", "There have been too many failed attempts with the user name or from here. It is closed for a quarter of an hour. Try again after that."},
		"login.busy":       {"Mange logger ind lige nu. Prøv igen om et øjeblik.", "Many people are signing in right now. Try again in a moment."},
		"login.idle":       {"Du er logget ud, fordi siden ikke har været brugt i 30 minutter, fordi sessionen var for gammel, eller fordi den blev lukket et andet sted fra. Log ind igen for at fortsætte.", "You have been signed out because the page was unused for 30 minutes, because the session was too old, or because it was ended from elsewhere. Sign in again to continue."},
		"login.out":        {"Du er logget ud. Nøglen til karantænen er glemt igen.", "You are signed out. The quarantine key has been forgotten again."},
	}
}

func queueTexts() map[string]phrase {
	return map[string]phrase{
		"queue.title":         {"Karantæne", "Quarantine"},
		"queue.lead.one":      {"%d forsendelse venter på en afgørelse.", "%d message is waiting for a decision."},
		"queue.lead.many":     {"%d forsendelser venter på en afgørelse.", "%d messages are waiting for a decision."},
		"queue.tabs":          {"Vis sager efter tilstand", "Show cases by state"},
		"tab.waiting":         {"Venter", "Waiting"},
		"tab.moving":          {"På vej", "In progress"},
		"tab.released":        {"Frigivet", "Released"},
		"tab.rejected":        {"Afvist", "Rejected"},
		"tab.closed":          {"Udløbet eller væk", "Expired or gone"},
		"tab.all":             {"Alle", "All"},
		"queue.empty.waiting": {"Ingen forsendelser venter på dig. Når brevvagt standser noget, står det her.", "Nothing is waiting for you. When brevvagt stops something, it appears here."},
		"queue.empty.filter":  {"Ingen sager passer til det, du søger.", "No cases match what you look for."},
		"queue.found.one":     {"%d sag passer", "%d case matches"},
		"queue.found.many":    {"%d sager passer", "%d cases match"},
		"queue.found.more":    {"Mere end %d sager passer. De kan alle vises, side for side.", "More than %d cases match. All can be shown, page by page."},
		"queue.assigned":      {"Overdraget til %s", "Handed to %s"},
		"queue.used":          {"Standset: %d af %d i dag", "Stopped: %d of %d today"},
		"queue.budget":        {"I dag er der standset flere forsendelser end de %d, I har sat som loft for en dag. Se i statistikken, hvilken regel der giver de mange falske alarmer.", "More messages were stopped today than the %d a day you have set as a ceiling. See in the statistics which rule gives the many false alarms."},
		"cases.one":           {"%d sag", "%d case"},
		"cases.many":          {"%d sager", "%d cases"},
		"queue.empty":         {"Der er ingen sager med denne tilstand.", "There are no cases in this state."},
		"queue.from":          {"Fra", "From"},
		"queue.to":            {"Til", "To"},
		"queue.recipients":    {"%d modtagere", "%d recipients"},
		"queue.more.one":      {"og %d regel mere", "and %d more rule"},
		"queue.more.many":     {"og %d regler mere", "and %d more rules"},
		"queue.draft":         {"Kladde nr. %s", "Draft no. %s"},
		"queue.waited":        {"Har ventet %s", "Waited %s"},
		"queue.held":          {"Standset %s", "Stopped %s"},
		"queue.approved":      {"%d af %d har godkendt", "%d of %d have approved"},
		"persons.one":         {"%d person", "%d person"},
		"persons.many":        {"%d personer", "%d persons"},
		"numbers.one":         {"%d CPR-nummer", "%d CPR number"},
		"numbers.many":        {"%d CPR-numre", "%d CPR numbers"},
		"page.of":             {"Side %d af %d", "Page %d of %d"},
		"page.number":         {"Side %d", "Page %d"},
		"page.next":           {"Næste", "Next"},
		"page.previous":       {"Forrige", "Previous"},
		"page.label":          {"Sider", "Pages"},

		"wait.now":          {"mindre end et minut", "less than a minute"},
		"wait.minutes.one":  {"%d minut", "%d minute"},
		"wait.minutes.many": {"%d minutter", "%d minutes"},
		"wait.hours.one":    {"%d time", "%d hour"},
		"wait.hours.many":   {"%d timer", "%d hours"},
		"wait.days.one":     {"%d dag", "%d day"},
		"wait.days.many":    {"%d dage", "%d days"},

		"status.title": {"Drift", "Operations"},
		"status.lead":  {"Antal sager efter tilstand. Indholdet af sagerne vises ikke her.", "Number of cases by state. The content of the cases is not shown here."},
		"status.state": {"Tilstand", "State"},
		"status.count": {"Antal", "Count"},
	}
}
