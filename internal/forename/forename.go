// Package forename holds the first names that people in Denmark have, from wherever their
// families came: with them a name is told from other words with a capital where nothing
// else does.
package forename

import _ "embed" // for the list

// List has the names, separated by blanks or line ends, in small letters. They
// were written down from general knowledge; one that is missing costs a finding some of
// its weight.
//
//go:embed names.txt
var List string
