#!/usr/bin/env node
import { runCommand } from "./run-command.ts";

const write = (stream: NodeJS.WriteStream) => (text: string) =>
  new Promise<void>((resolve) => stream.write(text, () => resolve()));

const code = await runCommand(process.argv.slice(2), { out: write(process.stdout), error: write(process.stderr) });
process.exit(code); // a driver that hangs must not keep the command alive
