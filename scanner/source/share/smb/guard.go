package smb

import (
	"encoding/binary"
	"errors"
	"net"
	"sync/atomic"
)

// guard is a connection on which nothing but the login leaves unencrypted. The
// library encrypts when the server asks for it and has no switch to insist.
type guard struct {
	net.Conn
	plain   bool // the share may be read without encryption
	refused atomic.Bool
	sent    atomic.Int64 // messages, each of which is answered
}

// The commands that come before encryption begins, or that tell nothing: NEGOTIATE,
// SESSION_SETUP, LOGOFF, TREE_CONNECT, TREE_DISCONNECT, CANCEL, ECHO ([MS-SMB2]
// 2.2.1.2).
func harmless(command uint16) bool {
	switch command {
	case 0, 1, 2, 3, 4, 12, 13:
		return true
	}
	return false
}

const headerBytes = 64

// Write refuses a message that would tell of the share's content in the clear. The
// library writes the length and the message apart, and a message whole.
func (g *guard) Write(p []byte) (int, error) {
	if len(p) >= headerBytes {
		g.sent.Add(1)
	}
	for rest := p; !g.plain && len(rest) >= headerBytes && string(rest[:4]) == "\xfeSMB"; {
		if !harmless(binary.LittleEndian.Uint16(rest[12:])) {
			g.refused.Store(true)
			return 0, errors.Join(ErrPlain, g.Close())
		}
		next := binary.LittleEndian.Uint32(rest[20:])
		if next == 0 || int64(next) > int64(len(rest)) {
			break
		}
		rest = rest[next:]
	}
	return g.Conn.Write(p)
}
