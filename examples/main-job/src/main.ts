import { runCommand } from "./run-command.ts";

const interruption = new AbortController();
process.once("SIGINT", () => interruption.abort(new Error("interrupted by Ctrl-C")));

process.exitCode = await runCommand({
  args: process.argv.slice(2),
  startedIn: process.env.INIT_CWD ?? process.cwd(),
  screen: process.stdout,
  signal: interruption.signal,
});
