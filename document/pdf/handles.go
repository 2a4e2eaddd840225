package pdf

import (
	"context"
	"reflect"

	"github.com/klippa-app/go-pdfium"
	"github.com/tetratelabs/wazero/api"
)

// handles keeps the functions of one instance of pdfium. The library asks for a function
// anew before each call, and each answer is a machine with a stack of its own: that cost
// more than most calls do.
type handles struct {
	api.Module
	kept  map[string]*handle
	calls int // of all functions so far
}

// keepHandles puts handles between the library and its instance. Where the library is
// built in another way than the version that was pinned, it does nothing and gives nil:
// all is read then too, in one and a half times the time.
func keepHandles(p pdfium.Pdfium) *handles {
	impl := reflect.ValueOf(p.GetImplementation())
	if impl.Kind() != reflect.Pointer || impl.Elem().Kind() != reflect.Struct {
		return nil
	}
	field := impl.Elem().FieldByName("Module")
	if !field.IsValid() || !field.CanSet() || field.Type() != reflect.TypeFor[api.Module]() {
		return nil
	}
	h := &handles{Module: field.Interface().(api.Module), kept: map[string]*handle{}}
	field.Set(reflect.ValueOf(h))
	return h
}

// ExportedFunction gives the same handle for the same name.
func (h *handles) ExportedFunction(name string) api.Function {
	if f := h.kept[name]; f != nil {
		return f
	}
	f := h.Module.ExportedFunction(name)
	if f == nil {
		return nil
	}
	h.kept[name] = &handle{Function: f, name: name, of: h}
	return h.kept[name]
}

// handle is one function, for one call at a time.
type handle struct {
	api.Function
	name string
	of   *handles
	busy bool
}

// Call calls the function; one that runs already, and was led back here by a callback,
// gets a machine of its own for this call.
func (f *handle) Call(ctx context.Context, params ...uint64) ([]uint64, error) {
	f.of.calls++
	if f.busy {
		return f.of.Module.ExportedFunction(f.name).Call(ctx, params...)
	}
	f.busy = true
	defer func() { f.busy = false }()
	return f.Function.Call(ctx, params...)
}
