import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Debian's package puts the program beside `PATH`. */
const PROGRAMS = ["/usr/lib/wine/wine64", "/usr/bin/wine64", "/usr/bin/wine"];
const SERVERS = ["/usr/lib/wine/wineserver64", "/usr/lib/wine/wineserver", "/usr/bin/wineserver"];

/** A Windows of its own, below one directory: its disk C:, its registry, and all processes that are started in it. */
export class Wine {
  #directory;
  #environment;

  /** Throws where there is no Wine. */
  constructor(directory) {
    if (!PROGRAMS.some(existsSync)) throw new Error("there is no Wine: apt-get install wine64");
    this.#directory = directory;
    mkdirSync(directory);
    const prefix = join(directory, "prefix");
    const quiet = { WINEDEBUG: "-all", WINEDLLOVERRIDES: "mscoree,mshtml,winemenubuilder.exe=d" };
    const own = { HOME: directory, TMPDIR: directory, WINEPREFIX: prefix }; // a lock of its server stays in TMPDIR
    this.#environment = { ...process.env, ...quiet, ...own };
    const version = ["HKCU\\Software\\Wine", "/v", "Version", "/d", "win10", "/f"];
    const { status, output } = this.run(["reg", "add", ...version], directory, { seconds: 120 });
    if (status !== 0) throw new Error(`Wine does not start: ${output}`);
  }

  /** Runs a program to its end. What it says goes through a file: Node for Windows cannot write to a pipe there. */
  run(command, cwd, { seconds }) {
    const path = join(this.#directory, "output");
    const file = openSync(path, "w");
    try {
      const args = [...command];
      const options = { cwd, env: this.#environment, stdio: ["ignore", file, file], timeout: seconds * 1_000 };
      const { status, error } = spawnSync(PROGRAMS.find(existsSync), args, { ...options, killSignal: "SIGKILL" });
      const output = readFileSync(path, "utf8");
      return { status, output: error ? `${output}\n${error.message}` : output };
    } finally {
      closeSync(file);
    }
  }

  /** Ends every process that was started in it. */
  end() {
    const server = SERVERS.find(existsSync);
    if (server) spawnSync(server, ["-k", "-w"], { env: this.#environment, timeout: 30_000 });
  }
}
