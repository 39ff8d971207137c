// Makes and extracts zips by the algorithm of PocketBase's tools/archive: one file after the other, a new compressor of
// level BestSpeed for each, plain copies. Written for this benchmark.
//
//	pocketbase-archive create DIRECTORY ARCHIVE
//	pocketbase-archive extract ARCHIVE DIRECTORY
package main

import (
	"archive/zip"
	"compress/flate"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 4 {
		fail(fmt.Errorf("create DIRECTORY ARCHIVE, or extract ARCHIVE DIRECTORY"))
	}
	actions := map[string]func(from, to string) error{"create": create, "extract": extract}
	action, known := actions[os.Args[1]]
	if !known {
		fail(fmt.Errorf("unknown action %q", os.Args[1]))
	}
	if err := action(os.Args[2], os.Args[3]); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func create(directory, archive string) (err error) {
	file, err := os.Create(archive)
	if err != nil {
		return err
	}
	defer func() { err = firstOf(err, file.Close()) }()
	writer := zip.NewWriter(file)
	writer.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestSpeed)
	})
	if err := addAll(writer, os.DirFS(directory)); err != nil {
		return err
	}
	return writer.Close()
}

func addAll(writer *zip.Writer, files fs.FS) error {
	return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		header, err := zip.FileInfoHeader(info)
		if err != nil {
			return err
		}
		header.Name, header.Method = name, zip.Deflate
		out, err := writer.CreateHeader(header)
		if err != nil {
			return err
		}
		in, err := files.Open(name)
		if err != nil {
			return err
		}
		defer in.Close()
		_, err = io.Copy(out, in)
		return err
	})
}

func extract(archive, directory string) error {
	reader, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer reader.Close()
	root := filepath.Clean(directory) + string(os.PathSeparator)
	for _, entry := range reader.File {
		if err := extractEntry(entry, root); err != nil {
			return err
		}
	}
	return nil
}

func extractEntry(entry *zip.File, root string) (err error) {
	path := filepath.Join(root, entry.Name)
	if entry.FileInfo().IsDir() {
		return os.MkdirAll(path, os.ModePerm)
	}
	if !strings.HasPrefix(path, root) {
		return fmt.Errorf("%q leaves the directory", entry.Name)
	}
	in, err := entry.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(path), os.ModePerm); err != nil {
		return err
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, entry.Mode())
	if err != nil {
		return err
	}
	defer func() { err = firstOf(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}

func firstOf(first, second error) error {
	if first != nil {
		return first
	}
	return second
}
