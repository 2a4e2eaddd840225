package office

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// flatPackage is the namespace of an office file whose parts stand in one XML text, as
// Word saves it for other programs.
const flatPackage = "http://schemas.microsoft.com/office/2006/xmlPackage"

// errNoPackage says that an XML text is no whole package of parts.
var errNoPackage = errors.New("no whole package")

// unflatten makes the zip that the package would be, so that its parts are read with all
// that ties them together: relations, lists that count, styles. What stands outside the
// parts comes back as rest. A text that breaks off is an error: then it is better read as
// one text.
func unflatten(data []byte) (zipped, rest []byte, err error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	dec := xml.NewDecoder(bytes.NewReader(data))
	name, parts, done := "", 0, 0
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		start, ok := tok.(xml.StartElement)
		if !ok || start.Name.Space != flatPackage {
			continue
		}
		switch start.Name.Local {
		case "part":
			name = strings.TrimPrefix(attribute(start, "name"), "/")
		case "xmlData", "binaryData":
			from := int(dec.InputOffset())
			if err := dec.Skip(); err != nil || name == "" {
				return nil, nil, errNoPackage
			}
			content, to := innerOf(data, from, int(dec.InputOffset()))
			if start.Name.Local == "binaryData" {
				content = decoded(content)
			}
			if err := store(w, name, content); err != nil {
				return nil, nil, err
			}
			rest = append(rest, data[done:from]...)
			name, done, parts = "", to, parts+1
		}
	}
	if err := w.Close(); err != nil || parts == 0 {
		return nil, nil, errNoPackage
	}
	return out.Bytes(), append(rest, data[done:]...), nil
}

// innerOf is what stands between a start that ends at from and the end of the element at
// end, and where that end tag begins.
func innerOf(data []byte, from, end int) ([]byte, int) {
	if at := bytes.LastIndex(data[from:end], []byte("</")); at >= 0 {
		return data[from : from+at], from + at
	}
	return nil, end // <xmlData/>
}

func store(w *zip.Writer, name string, content []byte) error {
	f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return err
}

// decoded reads base64 over several lines, as far as it is any.
func decoded(text []byte) []byte {
	text = bytes.Join(bytes.Fields(text), nil)
	out := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, _ := base64.StdEncoding.Decode(out, text) // what stands before an error is read
	return out[:n]
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
