import { StowageError } from "@stowage/core";
import { type FaultProxy, type S3Server, startFaultProxy, startS3Server } from "@stowage/test-kit";
import { expect } from "vitest";
import { s3Filesystem } from "../../src/s3-filesystem.ts";
import { optionsFor, PART_SIZE } from "../bed.ts";
import { type Cell, expectationFor } from "./expectation.ts";

/** Milliseconds without a byte before a request counts as dead: long for a busy machine, short where a cell waits for it. */
const idleTimeoutMs = ({ name }: Cell["fault"]) => (name === "hang" ? 500 : 20_000);

/** Plays one cell on a server of its own. Throws unless it ends as its expectation says and leaves nothing half done. */
export async function runCell(cell: Cell): Promise<void> {
  const server = await startS3Server({ minPartSize: PART_SIZE });
  const proxy = await startFaultProxy({ target: server.endpoint });
  try {
    await play(cell, server, proxy);
  } finally {
    await proxy.close();
    await server.close();
  }
}

async function play({ fault, operation, times }: Cell, server: S3Server, proxy: FaultProxy): Promise<void> {
  await using clean = s3Filesystem(optionsFor(server, server.endpoint));
  await using faulty = s3Filesystem({ ...optionsFor(server, proxy.endpoint), idleTimeoutMs: idleTimeoutMs(fault) });
  await operation.prepare(clean);
  await faulty.open();
  const strikes = proxy.inject({ match: operation.match, fault: fault.fault, times });

  const outcome = await outcomeOf(operation.run(faulty));

  const expected = expectationFor({ fault, operation, times });
  expect(outcome).toBe(expected.outcome);
  expect(strikes()).toBeGreaterThanOrEqual(1);
  expect(strikes()).toBeLessThanOrEqual(expected.strikes);
  await operation.verify(clean, { failed: outcome !== "success", tookEffect: fault.takesEffect ?? false });
  const orphans = operation.orphans && fault.takesEffect ? strikes() : 0;
  expect(server.uploads().length).toBeLessThanOrEqual(orphans);
}

async function outcomeOf(operation: Promise<void>): Promise<string> {
  try {
    await operation;
    return "success";
  } catch (error) {
    if (error instanceof StowageError) return error.code;
    throw error;
  }
}
