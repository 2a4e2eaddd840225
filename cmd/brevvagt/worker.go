package main

import (
	"os"

	"github.com/spf13/cobra"

	formatlist "brevvagt/document/all"
	"brevvagt/document/isolate"
	"brevvagt/document/pdf"
	"brevvagt/quarantine/review/sheets/libre"
)

// newWorker is the hidden subcommand that a daemon or scan runs to read pictures
// and PDF in a process of their own. It speaks frames on stdin and stdout.
func newWorker() *cobra.Command {
	var o formatlist.Options
	var warm string
	cmd := &cobra.Command{
		Use:    "worker",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if warm != "" {
				return pdf.Warm(warm)
			}
			return isolate.Serve(os.Stdin, os.Stdout, append(formatlist.Hostile(o), pdf.Sheets(pdf.Config{CacheDir: o.PDFCache})...))
		},
	}
	cmd.Flags().BoolVar(&o.NoOCR, "no-ocr", false, "")
	cmd.Flags().StringVar(&o.PDFCache, "pdf-cache", "", "")
	cmd.Flags().StringVar(&warm, "warm", "", "")
	return cmd
}

// newOfficeWorker is the hidden subcommand that locks itself in and runs LibreOffice.
func newOfficeWorker() *cobra.Command {
	return &cobra.Command{Use: "office-worker", Hidden: true, DisableFlagParsing: true,
		Run: func(_ *cobra.Command, args []string) { os.Exit(libre.Guard(args, os.Stdin)) }}
}
