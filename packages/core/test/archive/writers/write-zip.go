// Packs the directory in the second argument into the third with archive/zip: the first one says how.
package main

import (
	"archive/zip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

func main() {
	how, root, target := os.Args[1], os.Args[2], os.Args[3]
	output, err := os.Create(target)
	fail(err)
	writer := zip.NewWriter(output)
	fail(filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		fail(err)
		return add(writer, how, root, path, entry)
	}))
	fail(writer.Close())
	fail(output.Close())
}

func add(writer *zip.Writer, how, root, path string, entry fs.DirEntry) error {
	name, err := filepath.Rel(root, path)
	fail(err)
	if entry.IsDir() {
		name += "/"
	}
	if name == "./" && how != "root" {
		return nil
	}
	info, err := entry.Info()
	fail(err)
	header, err := zip.FileInfoHeader(info)
	fail(err)
	header.Name = name
	if entry.Type().IsRegular() && how != "stored" {
		header.Method = zip.Deflate
	}
	var part io.Writer
	if how == "create" { // neither mode nor time
		part, err = writer.Create(name)
	} else {
		part, err = writer.CreateHeader(header)
	}
	fail(err)
	content, err := contentOf(path, entry)
	fail(err)
	if len(content) > 0 {
		_, err = part.Write(content)
	}
	return err
}

func contentOf(path string, entry fs.DirEntry) ([]byte, error) {
	if entry.IsDir() {
		return nil, nil
	}
	if entry.Type()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(path)
		return []byte(target), err
	}
	return os.ReadFile(path)
}

func fail(err error) {
	if err != nil {
		panic(err)
	}
}
