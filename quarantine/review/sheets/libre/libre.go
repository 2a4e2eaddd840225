// Package libre has LibreOffice, where it is installed, make a PDF of an office file: a
// program of its own, locked in without network, one at a time, in a folder that is gone
// when it ends. Nothing of it is linked.
package libre

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"brevvagt/document/isolate"
)

// Kinds are the endings of the files that LibreOffice is asked to draw.
var kinds = []string{"docx", "docm", "dotx", "xlsx", "xlsm", "pptx", "pptm", "ppsx", "odt", "ods", "odp", "doc", "xls", "ppt", "rtf"}

// Packages are those of Debian that bring LibreOffice without a screen.
const Packages = "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"

// The bounds of one conversion.
const (
	usualTime   = 60 * time.Second
	memoryBytes = 6 << 30   // of address space: most of it is never touched
	fileBytes   = 256 << 20 // of each file that is written
	maxInput    = 100 << 20
)

// Errors that callers tell apart. None quotes the file or what LibreOffice said of it.
var (
	ErrMissing = errors.New("LibreOffice is not installed")
	ErrTime    = errors.New("LibreOffice was not done in time")
	ErrFailed  = errors.New("LibreOffice made no PDF of the file")
	ErrTooBig  = errors.New("the file is too large for LibreOffice")
	ErrOpen    = errors.New("LibreOffice cannot be locked in on this machine")
)

// Office turns office files into PDF. The zero value finds nothing; use New.
type Office struct {
	Program string        // absolute path of soffice, "" where it is not installed
	Worker  []string      // command that ends in Guard
	Folder  string        // private; what lies in it is removed
	Time    time.Duration // for one file
	turn    chan struct{}
}

// New looks for soffice in PATH and clears folder of what a crash may have left there.
// worker is a command that calls Guard with what follows it.
func New(folder string, worker []string) (*Office, error) {
	o := &Office{Program: Find(), Worker: worker, Folder: folder, Time: usualTime, turn: make(chan struct{}, 1)}
	if err := os.RemoveAll(folder); err != nil {
		return nil, fmt.Errorf("cannot remove what a crash left: %w", err)
	}
	return o, nil
}

// Find is the path of soffice, "" where it is not installed.
func Find() string {
	path, err := exec.LookPath("soffice")
	if err != nil {
		return ""
	}
	if path, err = filepath.Abs(path); err != nil {
		return ""
	}
	return path
}

// Kind is the kind of office file that a name speaks of, "" for none.
func Kind(name string) string {
	kind := strings.ToLower(strings.TrimPrefix(filepath.Ext(name), "."))
	if slices.Contains(kinds, kind) {
		return kind
	}
	return ""
}

// PDF is an office file as PDF. Errors: the Err… of this package, and that of ctx.
func (o *Office) PDF(ctx context.Context, kind string, data []byte) ([]byte, error) {
	switch {
	case o.Program == "":
		return nil, ErrMissing
	case len(data) > maxInput:
		return nil, ErrTooBig
	case !slices.Contains(kinds, kind):
		return nil, ErrFailed
	}
	select {
	case o.turn <- struct{}{}:
		defer func() { <-o.turn }()
	case <-ctx.Done():
		return nil, ErrTime
	}
	pdf, err := o.convert(ctx, kind, data)
	// Whatever went wrong, nothing stays. It is also removed at the next start.
	if left := os.RemoveAll(o.Folder); left != nil {
		return nil, fmt.Errorf("cannot remove the folder of a conversion: %w", left)
	}
	return pdf, err
}

func (o *Office) convert(ctx context.Context, kind string, data []byte) ([]byte, error) {
	for _, dir := range []string{o.Folder, filepath.Join(o.Folder, "out"), filepath.Join(o.Folder, "profile", "user")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(o.Folder, "profile", "user", "registrymodifications.xcu"), []byte(settings), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(o.Folder, "fil."+kind), data, 0o600); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Time)
	defer cancel()
	if err := o.run(ctx, kind); err != nil {
		return nil, err
	}
	return made(o.Folder)
}

// made reads the PDF that a conversion wrote. What lies in the folder is another's work:
// no link leads out of it, and a pipe is no file.
func made(folder string) ([]byte, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, ErrFailed
	}
	defer root.Close()
	f, err := root.OpenFile("out/fil.pdf", os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, ErrFailed
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, ErrFailed
	}
	pdf, err := io.ReadAll(io.LimitReader(f, fileBytes))
	if err != nil || !strings.HasPrefix(string(pdf[:min(len(pdf), 5)]), "%PDF-") {
		return nil, ErrFailed
	}
	return pdf, nil
}

// run has a process of our own lock itself in and start LibreOffice, and kills all of
// them when the time is up. The thread that starts it lives until it has ended: the
// kernel binds the signal of a parent's death to it.
func (o *Office) run(ctx context.Context, kind string) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd, alive, err := isolate.Start(func(offline bool) *exec.Cmd {
		args := append(slices.Clone(o.Worker[1:]), o.Program, o.Folder, kind, o.Time.String())
		if offline {
			args = append(args, "offline")
		}
		c := exec.Command(o.Worker[0], args...)
		c.Env = []string{"LANG=C.UTF-8"} // no secret of the daemon's
		return c
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOpen, err)
	}
	defer alive.Close()
	stop := context.AfterFunc(ctx, func() { isolate.Kill(cmd) })
	err = cmd.Wait()
	inTime := stop()
	isolate.Kill(cmd) // what it may have left running
	var exit *exec.ExitError
	switch {
	case !inTime:
		return ErrTime
	case errors.As(err, &exit) && exit.ExitCode() == exitOpen:
		return ErrOpen
	case err != nil:
		return ErrFailed
	}
	return nil
}

// exitOpen is with what the process ends that could not lock itself in.
const exitOpen = 77

// Guard is the process that locks itself in and runs LibreOffice. args are those that
// run gives. It returns the status to end with.
func Guard(args []string, alive io.Reader) int {
	if len(args) < 4 {
		return 2
	}
	program, folder, kind := args[0], args[1], args[2]
	limit, err := time.ParseDuration(args[3])
	if err != nil || Kind("a."+kind) == "" {
		return 2
	}
	home, err := filepath.EvalSymlinks(program)
	if err != nil {
		return 2
	}
	f := isolate.Foreign{
		Program: program, Folder: folder, Read: []string{filepath.Dir(home)},
		MemoryBytes: memoryBytes, FileBytes: fileBytes, Time: limit, Offline: len(args) > 4,
		Args: []string{"-env:UserInstallation=file://" + filepath.Join(folder, "profile"), "--headless", "--invisible", "--nologo",
			"--nodefault", "--norestore", "--nolockcheck", "--convert-to", "pdf", "--outdir", filepath.Join(folder, "out"), filepath.Join(folder, "fil."+kind)},
		Env: []string{"HOME=" + folder, "TMPDIR=" + folder, "XDG_CONFIG_HOME=" + folder, "XDG_CACHE_HOME=" + folder, "XDG_RUNTIME_DIR=" + folder,
			"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=da_DK.UTF-8", "LC_ALL=C.UTF-8", "SAL_USE_VCLPLUGIN=svp", "OOO_DISABLE_RECOVERY=1", "MALLOC_ARENA_MAX=2"},
	}
	switch err := f.Guard(alive); {
	case errors.Is(err, isolate.ErrOpen):
		return exitOpen
	case err != nil:
		return 1
	}
	return 0
}

// settings are those of the profile: no macro runs, no link to another file is followed,
// nothing is fetched, and no data is asked from a source outside.
const settings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisablePythonRuntime" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Office.Java/VirtualMachine"><prop oor:name="Enable" oor:op="fuse"><value>false</value></prop></item>
</oor:items>
`
