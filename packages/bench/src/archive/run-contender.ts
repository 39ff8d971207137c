import { startChild } from "../child.ts";
import { ProcessWatch } from "../process-watch.ts";
import { type Cost, runProgram } from "../run-program.ts";
import type { Tools } from "../tools.ts";
import type { Contender } from "./contenders.ts";
import type { ClientAnswer, ClientOrder, Job } from "./job.ts";

/** Longer than the slowest contender takes for the largest dataset on a slow machine. */
const PATIENCE_MS = 1_800_000;

/** Does the job in a process of its own and tells what it cost. Libraries time themselves: Node's start is not theirs. */
export async function runContender(
  { run }: Contender,
  job: Job,
  control: { tools: Tools; signal: AbortSignal },
): Promise<Cost> {
  const signal = AbortSignal.any([control.signal, AbortSignal.timeout(PATIENCE_MS)]);
  if ("client" in run) return runClient(run.client, job, signal);
  const tool = control.tools.found.get(run.tool);
  if (!tool) throw new Error(`${run.tool} is not there`);
  const { wallMs, cpuMs, peakRss } = await runProgram(run.command(tool.program, job), signal);
  return { wallMs, cpuMs, peakRss };
}

/** Has a library do the job in a Node process. */
export async function runClient(client: string, job: Job, signal: AbortSignal): Promise<ClientAnswer & Cost> {
  const order: ClientOrder = { ...job, client };
  const child = startChild<ClientAnswer>(new URL("./client-process.js", import.meta.url), order, signal);
  const watch = new ProcessWatch(child.id);
  try {
    const answer = await child.answer;
    return { ...answer, peakRss: watch.stop() };
  } finally {
    watch.stop();
    await child.stop();
  }
}
