import { once } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { ClientSettings, Message, Order, Turn, TurnReport } from "./turn.ts";

/** What a client process needs of a backup manager. */
export interface BackupsUnderTest {
  create(options: { name: string }): Promise<unknown>;
  close(): Promise<void>;
}

/** What the manager has to be made with, beside the data directory and the ttl of the lock. */
export interface TurnHooks {
  /** Runs while the lock is held. */
  beforeSnapshot(): Promise<void>;
}

type Times = Omit<TurnReport, "outcome">;

/**
 * Makes this process a client that makes backups as its parent orders them, each of which takes the lock, and reports what
 * came of them. It pretends to run on a host of its own, so that others know it only by what lies in the storage.
 */
export async function serveTurns(
  makeManager: (settings: ClientSettings, hooks: TurnHooks) => BackupsUnderTest,
): Promise<void> {
  const { start } = (await nextOrder()) as { start: ClientSettings };
  Object.assign(os, { hostname: () => start.host });
  syncBuiltinESMExports();
  let turn: Turn | undefined;
  let times: Times = {};
  const beforeSnapshot = async () => {
    if (turn) times = await holdLock(turn);
  };
  const manager = makeManager(start, { beforeSnapshot });
  tell("ready");
  for (let order = await nextOrder(); order !== "stop"; order = await nextOrder()) {
    if (typeof order !== "object" || !("turn" in order)) continue;
    turn = order.turn;
    times = {};
    const outcome = await outcomeOf(manager.create({ name: turn.name }));
    tell({ report: { outcome, ...times } });
  }
  await manager.close();
  process.disconnect?.();
}

/** Keeps the lock for the time of a turn, and dies in the middle of it if it has to. */
async function holdLock({ holdMs, dies }: Turn): Promise<Times> {
  const enteredAt = process.hrtime.bigint();
  tell("entered");
  if (holdMs === Number.POSITIVE_INFINITY) await nextOrder();
  else await delay(holdMs);
  const times = { enteredAt, leftAt: process.hrtime.bigint() };
  if (!dies) return times;
  const told = new Promise((resolve) => process.send?.({ report: { outcome: "died", ...times } }, resolve));
  await told;
  process.kill(process.pid, "SIGKILL");
  return await new Promise(() => {}); // nothing may happen before the signal arrives
}

async function outcomeOf(create: Promise<unknown>): Promise<string> {
  try {
    await create;
    return "done";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

async function nextOrder(): Promise<Order> {
  const [order] = await once(process, "message");
  return order as Order;
}

function tell(message: Message): void {
  process.send?.(message);
}
