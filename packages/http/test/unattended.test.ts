import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { BUSY, expectAnswer, FORBIDDEN, INVALID, NOT_FOUND, refusal, UNAUTHORIZED } from "./bed/answers.ts";
import { ADMIN, type Bed, FILE_TOKEN, makeBed, plainAuth } from "./bed/bed.ts";

const NAMES = ["pb_backup_20260101000000.zip", "pb_backup_20260102000000.zip", "pb_backup_20260103000000.zip"] as const;
const JSON_BODY = { headers: { ...ADMIN, "content-type": "application/json" } };
const VIEWER = { authorization: "a-viewer" };

async function filled(options: Parameters<typeof makeBed>[0] = {}): Promise<Bed> {
  const bed = await makeBed(options);
  for (const name of NAMES) await bed.manager.create({ name });
  return bed;
}

describe("POST prune", () => {
  const prune = ({ send }: Bed, policy: object, query = "") =>
    send("POST", `/api/backups/prune${query}`, { ...JSON_BODY, body: JSON.stringify(policy) });

  it("removes what no rule keeps, and tells why each stays or went", async () => {
    const bed = await filled();

    const response = await prune(
      bed,
      { keepLast: 1 },
      "?fields=removed,decisions.key,decisions.keep,decisions.reasons",
    );

    expect(await response.json()).toEqual({
      removed: 2,
      decisions: [
        { key: NAMES[2], keep: true, reasons: ["last 1", "newest good"] },
        { key: NAMES[1], keep: false, reasons: ["no rule keeps it"] },
        { key: NAMES[0], keep: false, reasons: ["no rule keeps it"] },
      ],
    });
    expect(await bed.keys()).toEqual([NAMES[2]]);
  });

  it("only tells with dryRun, and a misspelt one removes nothing", async () => {
    const bed = await filled();

    expect(await (await prune(bed, { keepLast: 1 }, "?dryRun=1")).json()).toMatchObject({ removed: 2 });
    for (const query of [
      "?dryrun=1",
      "?dry-run=1",
      "?dry%20run=1",
      "?dryRun[]=1",
      "?dryRun%20=1",
      "?dryRun=yes",
      "?dryRun=1&dryRun=0",
    ]) {
      expect([query, (await prune(bed, { keepLast: 1 }, query)).status]).toEqual([query, 400]);
    }
    expect(await bed.keys()).toEqual([...NAMES]);
  });

  it("takes a form as well, whose fields are texts", async () => {
    const bed = await filled();
    const body = new URLSearchParams({ keepLast: "2", timezone: "Europe/Berlin", others: "false" });

    const response = await bed.send("POST", "/api/backups/prune", { headers: ADMIN, body });

    expect(await response.json()).toMatchObject({ removed: 1 });
  });

  it.each([
    {},
    { keepLast: 0 },
    { keepLast: "x" },
    { keepLats: 1 },
    { keepWithin: "long" },
    { __proto__: { keepLast: 1 } },
  ])("refuses %j as a policy, and removes nothing", async (policy) => {
    const bed = await filled();

    const response = await prune(bed, policy);

    expect(await response.json()).toMatchObject({
      ...{ code: 400, message: INVALID },
      data: { policy: { code: "validation_invalid_policy", message: expect.any(String) } },
    });
    expect(await bed.keys()).toEqual([...NAMES]);
  });
});

describe("POST drill", () => {
  it("restores the newest elsewhere, has the application look, and tells what came of it", async () => {
    const seen: string[] = [];
    const bed = await filled({ handler: { drillCheck: (directory) => void seen.push(directory) } });

    const response = await bed.send("POST", "/api/backups/drill");

    expect(await response.json()).toMatchObject({ key: NAMES[2], entries: 3, skipped: [], warnings: [] });
    expect(seen).toHaveLength(1);
    const [last] = bed.manager.status().results;
    expect(last).toMatchObject({ operation: "drill", key: NAMES[2], entries: 3 });
    expect(last?.error).toBeUndefined();
  });

  it("takes a key, and says by a word what is wrong with an archive", async () => {
    const bed = await filled({ handler: { drillCheck: () => Promise.reject(new Error("/secret/path is empty")) } });

    const response = await bed.send("POST", "/api/backups/drill", {
      ...JSON_BODY,
      body: JSON.stringify({ key: NAMES[0] }),
    });

    const data = { key: { code: "check-failed", message: "Missing or invalid backup file." } };
    await expectAnswer(response, 400, refusal(400, "Failed to verify backup.", data));
    expect(bed.manager.status().results[0]).toMatchObject({ key: NAMES[0], error: { reason: "check-failed" } });
  });

  it.each(["none.zip", "../a.zip", ""])("answers 404 for the key %j, and 400 for what is none", async (key) => {
    const bed = await filled();
    const send = (body: object) => bed.send("POST", "/api/backups/drill", { ...JSON_BODY, body: JSON.stringify(body) });

    await expectAnswer(await send({ key }), 404, NOT_FOUND);
    await expectAnswer(await send({ key: 7 }), 400, refusal(400, INVALID));
  });

  it("runs one at a time, and no verification beside it", async () => {
    const bed = await filled({ handler: { drillCheck: () => sleep(300) } });
    const running = bed.send("POST", "/api/backups/drill");

    await expectAnswer(await bed.send("POST", "/api/backups/drill"), 400, BUSY);
    await expectAnswer(await bed.send("POST", `/api/backups/${NAMES[0]}/verify`), 400, BUSY);
    expect((await running).status).toBe(200);
    expect((await bed.send("POST", "/api/backups/drill")).status).toBe(200);
  });
});

it("DELETE status/active ends what is running, and is 404 where nothing is", async () => {
  let begun = () => {};
  const running = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const hooks = {
    beforeSnapshot: async () => {
      begun();
      await sleep(100);
    },
  };
  const bed = await makeBed({ manager: { hooks } });
  await expectAnswer(await bed.send("DELETE", "/api/backups/status/active"), 404, NOT_FOUND);
  const created = bed.manager.create({ name: "a.zip" }).catch((error: unknown) => error);
  await running;

  await expectAnswer(await bed.send("DELETE", "/api/backups/status/active"), 204);

  expect(await created).toMatchObject({ code: "ABORTED" });
  expect(await bed.keys()).toEqual([]);
});

it("GET history tells what operations were, the newest first, and nothing of paths", async () => {
  const bed = await filled();
  await bed.manager.verify(NAMES[0]);
  await bed.manager.restore("none.zip").catch(() => {});

  const text = await (await bed.send("GET", "/api/backups/history")).text();

  expect(JSON.parse(text).slice(0, 3)).toEqual([
    expect.objectContaining({ operation: "restore", key: "none.zip", error: { code: "NOT_FOUND", reason: null } }),
    expect.objectContaining({ operation: "verify", key: NAMES[0], entries: 3, error: null }),
    expect.objectContaining({ operation: "create", key: NAMES[2], size: expect.any(Number), warningCount: 0 }),
  ]);
  expect(text).not.toContain(bed.directory);
});

it("the status tells the schedules that run", async () => {
  const bed = await makeBed();
  const { next } = bed.manager.schedule("0 3 * * *");

  const schedules = [{ cron: "0 3 * * *", next: next?.toISOString().replace("T", " ") }];
  expect(await (await bed.send("GET", "/api/backups/status?fields=schedules")).json()).toEqual({ schedules });
});

it.each(["history", "prune", "drill"])(
  "a backup that is called %s is downloaded by its URL, and deleted by its name",
  async (name) => {
    const bed = await makeBed();
    const { key } = await bed.manager.create({ name: "a.zip" });
    const { content } = await bed.manager.download(key);
    await bed.filesystem.write(name, Buffer.concat(await content.toArray()));

    expect((await bed.send("GET", `/api/backups/${name}?token=${FILE_TOKEN}`, { headers: {} })).status).toBe(200);
    await expectAnswer(await bed.send("DELETE", `/api/backups/${name}`), 204);
    expect(await bed.keys()).toEqual(["a.zip"]);
  },
);

describe("a viewer", () => {
  const auth = {
    ...plainAuth,
    authenticate: (request: Request, info: object) =>
      request.headers.get("authorization") === VIEWER.authorization
        ? ("viewer" as const)
        : plainAuth.authenticate(request, info),
  };

  it.each(["/api/backups", "/api/backups/status", "/api/backups/history"])("sees %s", async (path) => {
    const bed = await filled({ handler: { auth } });

    expect((await bed.send("GET", path, { headers: VIEWER })).status).toBe(200);
  });

  it.each([
    ["POST", "/api/backups"],
    ["POST", "/api/backups/upload"],
    ["POST", "/api/backups/prune"],
    ["POST", "/api/backups/drill"],
    ["DELETE", "/api/backups/status/active"],
    ["DELETE", `/api/backups/${NAMES[0]}`],
    ["POST", `/api/backups/${NAMES[0]}/restore`],
    ["POST", `/api/backups/${NAMES[0]}/restore?dryRun=1`],
    ["POST", `/api/backups/${NAMES[0]}/verify`],
    ["GET", `/api/backups/${NAMES[0]}/entries`],
    ["POST", "/api/files/token"],
  ])("may not %s %s", async (method, path) => {
    const bed = await filled({ handler: { auth } });

    await expectAnswer(await bed.send(method, path, { headers: VIEWER }), 403, FORBIDDEN);
    await expectAnswer(await bed.send(method, path, { headers: {} }), 401, UNAUTHORIZED);
    expect(await bed.keys()).toEqual([...NAMES]);
  });
});
