// Prints the scenarios in apis/backup_test.go of PocketBase's module as JSON, read with Go's own parser and not run.
//
//	go run scenarios.go MODULE.zip
//
// Values that are constants are printed as such, anything else as {"go": its source}. A function becomes what it calls, what it
// assigns, and the conditions under which it fails; functions of the same file are followed.
package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io"
	"os"
	"strconv"
	"strings"
)

const tableFile = "/apis/backup_test.go"

// source stands for an expression that is no constant.
type source struct {
	Go string `json:"go"`
}

// behaviour is what a function does, as source.
type behaviour struct {
	Calls       []string `json:"calls"`
	Assignments []string `json:"assignments"`
	Conditions  []string `json:"conditions"`
}

type table struct {
	files     *token.FileSet
	functions map[string]*ast.BlockStmt // by name: those of the file, and those that the test at hand defines
}

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("usage: scenarios MODULE.zip"))
	}
	text, err := readTable(os.Args[1])
	fail(err)
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, tableFile, text, parser.SkipObjectResolution)
	fail(err)
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	fail(encoder.Encode(scenariosIn(file, files)))
}

func readTable(path string) ([]byte, error) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	for _, entry := range archive.File {
		if !strings.HasSuffix(entry.Name, tableFile) {
			continue
		}
		content, err := entry.Open()
		if err != nil {
			return nil, err
		}
		defer content.Close()
		return io.ReadAll(content)
	}
	return nil, fmt.Errorf("%s holds no %s", path, tableFile)
}

func scenariosIn(file *ast.File, files *token.FileSet) []map[string]any {
	scenarios := []map[string]any{}
	functions := map[string]*ast.BlockStmt{}
	for _, declaration := range file.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok {
			functions[function.Name.Name] = function.Body
		}
	}
	for _, declaration := range file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || !strings.HasPrefix(function.Name.Name, "Test") {
			continue
		}
		t := table{files, withLocal(functions, function.Body)}
		ast.Inspect(function.Body, func(node ast.Node) bool {
			list, ok := node.(*ast.CompositeLit)
			if !ok || list.Type == nil || t.text(list.Type) != "[]tests.ApiScenario" {
				return true
			}
			for _, element := range list.Elts {
				scenario := map[string]any{"Test": function.Name.Name}
				t.addFields(scenario, element)
				scenarios = append(scenarios, scenario)
			}
			return false
		})
	}
	return scenarios
}

// withLocal adds the functions that a test defines for its scenarios.
func withLocal(functions map[string]*ast.BlockStmt, body *ast.BlockStmt) map[string]*ast.BlockStmt {
	all := map[string]*ast.BlockStmt{}
	for name, function := range functions {
		all[name] = function
	}
	for _, statement := range body.List {
		assignment, ok := statement.(*ast.AssignStmt)
		if !ok || len(assignment.Rhs) != 1 {
			continue
		}
		name, isName := assignment.Lhs[0].(*ast.Ident)
		function, isFunction := assignment.Rhs[0].(*ast.FuncLit)
		if isName && isFunction {
			all[name.Name] = function.Body
		}
	}
	return all
}

func (t table) addFields(scenario map[string]any, element ast.Expr) {
	literal, ok := element.(*ast.CompositeLit)
	if !ok {
		scenario["Name"] = source{t.text(element)}
		return
	}
	for _, field := range literal.Elts {
		if pair, ok := field.(*ast.KeyValueExpr); ok {
			scenario[t.text(pair.Key)] = t.value(pair.Value)
		}
	}
}

func (t table) value(expression ast.Expr) any {
	switch found := expression.(type) {
	case *ast.BasicLit:
		return constant(found)
	case *ast.SelectorExpr:
		if method, ok := strings.CutPrefix(t.text(found), "http.Method"); ok {
			return strings.ToUpper(method)
		}
	case *ast.CallExpr:
		if t.text(found.Fun) == "strings.NewReader" && len(found.Args) == 1 {
			return t.value(found.Args[0])
		}
	case *ast.FuncLit:
		does := behaviour{[]string{}, []string{}, []string{}}
		t.follow(found.Body, &does)
		return does
	case *ast.CompositeLit:
		return t.collection(found)
	}
	return source{t.text(expression)}
}

func (t table) collection(literal *ast.CompositeLit) any {
	if _, isMap := literal.Type.(*ast.MapType); !isMap {
		list := []any{}
		for _, element := range literal.Elts {
			list = append(list, t.value(element))
		}
		return list
	}
	pairs := map[string]any{}
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			pairs[fmt.Sprint(t.value(pair.Key))] = t.value(pair.Value)
		}
	}
	return pairs
}

// follow notes what a function does. Its names for constants are replaced by them.
func (t table) follow(body *ast.BlockStmt, does *behaviour) {
	constants := map[string]string{}
	ast.Inspect(body, func(node ast.Node) bool {
		switch found := node.(type) {
		case *ast.AssignStmt:
			t.noteAssignment(found, constants, does)
		case *ast.IfStmt:
			does.Conditions = append(does.Conditions, t.replaced(found.Cond, constants))
		case *ast.CallExpr:
			if function := t.functions[t.text(found.Fun)]; function != nil {
				t.follow(function, does)
			} else {
				does.Calls = append(does.Calls, t.replaced(found, constants))
			}
		}
		return true
	})
}

func (t table) noteAssignment(assignment *ast.AssignStmt, constants map[string]string, does *behaviour) {
	for index, left := range assignment.Lhs {
		name, isName := left.(*ast.Ident)
		if !isName {
			does.Assignments = append(does.Assignments, t.text(assignment))
			return
		}
		if index >= len(assignment.Rhs) {
			return
		}
		if literal, ok := assignment.Rhs[index].(*ast.BasicLit); ok {
			constants[name.Name] = literal.Value
		}
	}
}

func (t table) replaced(expression ast.Expr, constants map[string]string) string {
	ast.Inspect(expression, func(node ast.Node) bool {
		if name, ok := node.(*ast.Ident); ok && constants[name.Name] != "" {
			name.Name = constants[name.Name]
		}
		return true
	})
	return t.text(expression)
}

func (t table) text(node ast.Node) string {
	var buffer bytes.Buffer
	fail(printer.Fprint(&buffer, t.files, node))
	return buffer.String()
}

func constant(literal *ast.BasicLit) any {
	if text, err := strconv.Unquote(literal.Value); err == nil && literal.Kind == token.STRING {
		return text
	}
	if number, err := strconv.Atoi(literal.Value); err == nil {
		return number
	}
	return source{literal.Value}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
