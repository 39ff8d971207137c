import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "./run-program.ts";

export type ToolName = "go" | "zip" | "unzip" | "7z" | "bsdtar" | "python3";

interface Tool {
  /** What to start. For Go, the program that was built. */
  readonly program: string;
  /** The line in which it tells its version. */
  readonly version: string;
}

export interface Tools {
  readonly found: ReadonlyMap<ToolName, Tool>;
  /** Why each of the others takes no part. */
  readonly missing: ReadonlyMap<ToolName, string>;
}

const PEERS = fileURLToPath(new URL("../peers/", import.meta.url));

/** Where the program of a peer lies that the repository holds. */
export function peerFile(name: string): string {
  return join(PEERS, name);
}

/** Looks for the programs that are wanted, and builds the one in Go below `directory`. */
export async function findTools(
  wanted: readonly ToolName[],
  { directory, signal }: { directory: string; signal: AbortSignal },
): Promise<Tools> {
  const found = new Map<ToolName, Tool>();
  const missing = new Map<ToolName, string>();
  for (const name of wanted) {
    try {
      found.set(name, await FINDERS[name](signal, directory));
    } catch (error) {
      signal.throwIfAborted();
      missing.set(name, reasonOf(error));
    }
  }
  return { found, missing };
}

type Finder = (signal: AbortSignal, directory: string) => Promise<Tool>;

const FINDERS: Readonly<Record<ToolName, Finder>> = {
  go: buildGoPeer,
  zip: (signal) => find(["zip"], ["-v"], signal),
  unzip: (signal) => find(["unzip"], ["-v"], signal),
  "7z": (signal) => find(["7zz", "7z"], ["i"], signal),
  bsdtar: (signal) => find(["bsdtar"], ["--version"], signal),
  python3: findPython,
};

async function find(
  [program = "", ...others]: readonly string[],
  args: readonly string[],
  signal: AbortSignal,
): Promise<Tool> {
  try {
    const { output } = await runProgram({ program, args }, signal);
    return { program, version: versionIn(output) };
  } catch (error) {
    if (others.length === 0 || signal.aborted) throw error;
    return find(others, args, signal);
  }
}

/** The interpreter itself: a shim of a version manager takes longer to start than some archives to make. */
async function findPython(signal: AbortSignal): Promise<Tool> {
  const args = ["-c", "import sys, zipfile; print(sys.executable); print('Python', sys.version.split()[0])"];
  const { output } = await runProgram({ program: "python3", args }, signal);
  const [program = "python3", version = ""] = output.split("\n");
  return { program, version };
}

async function buildGoPeer(signal: AbortSignal, directory: string): Promise<Tool> {
  const { version } = await find(["go"], ["version"], signal);
  const program = join(directory, "pocketbase-archive");
  await runProgram({ program: "go", args: ["build", "-o", program, peerFile("pocketbase-archive.go")] }, signal);
  return { program, version };
}

function versionIn(output: string): string {
  const lines = output.split("\n").filter((line) => /\d\.\d/.test(line));
  return (lines.find((line) => /zip \d|zip \[|zip v|this is|bsdtar \d|version/i.test(line)) ?? lines[0] ?? "").trim();
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return "not installed";
  return error instanceof Error ? error.message.split("\n", 3).join(" ") : String(error);
}
