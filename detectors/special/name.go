package special

// HasName reports whether a text holds a person's full name as far as the list of
// first names knows them, or two capital words after a label such as "Navn:".
func HasName(text string) bool { return hasName(text) }
