//go:build !amd64

package glance

func look(text *byte, marks []Marks) Words { return lookAtEach(text, marks) }
