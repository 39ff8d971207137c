// Builds DIRECTORY/build/pocketbase from PocketBase's module, as an application would. What Go downloads lies in DIRECTORY too.
// Fails with the reason on the standard error output.
//
//   node .ci/pocketbase/build.mjs DIRECTORY

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const REQUIRED = "github.com/pocketbase/pocketbase v0.36.8"; // newer ones need a Go that is not everywhere yet
const TIMEOUT_MS = 900_000;
const PROGRAM = `package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
)

func main() {
	if err := pocketbase.New().Start(); err != nil {
		log.Fatal(err)
	}
}
`;

const downloads = resolve(process.argv[2] ?? ".");
const directory = join(downloads, "build");
mkdirSync(directory, { recursive: true });
writeFileSync(join(directory, "main.go"), PROGRAM);
writeFileSync(join(directory, "go.mod"), `module main\n\ngo 1.24\n\nrequire ${REQUIRED}\n`);
const flags = "-mod=mod -modcacherw -buildvcs=false -trimpath";
const { status, stderr, error } = spawnSync("go", ["build", "-o", "pocketbase", "."], {
  cwd: directory,
  env: { ...process.env, GO111MODULE: "on", GOMODCACHE: join(downloads, "go"), GOTMPDIR: directory, GOFLAGS: flags },
  encoding: "utf8",
  timeout: TIMEOUT_MS,
  killSignal: "SIGINT", // the signal at which Go ends its compilers and removes what it made
});
if (status !== 0) {
  console.error(`PocketBase cannot be built: ${error?.message ?? stderr.trim().split("\n").at(-1)}`);
  process.exitCode = 1;
}
