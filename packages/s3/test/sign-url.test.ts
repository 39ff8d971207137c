import { startS3Server } from "@stowage/test-kit";
import { expect, it, onTestFinished } from "vitest";
import { s3Filesystem } from "../src/index.ts";
import { optionsFor, PART_SIZE, pattern, startBed } from "./bed.ts";

it("a signed URL gives the bytes to anybody, under the key's name", async () => {
  const { open } = await startBed();
  const filesystem = open({ prefix: "app" });
  await filesystem.write("späte sicherung 100%.zip", pattern(1_000));

  const response = await fetch(await filesystem.signUrl("späte sicherung 100%.zip", { expiresInMs: 60_000 }));

  expect(response.status).toBe(200);
  expect(Buffer.from(await response.arrayBuffer()).equals(pattern(1_000))).toBe(true);
  expect(response.headers.get("content-disposition")).toBe(
    `attachment; filename="sp_te sicherung 100_.zip"; filename*=UTF-8''sp%C3%A4te%20sicherung%20100%25.zip`,
  );
});

it("a signed URL allows no other method and no other key, and no change", async () => {
  const { open } = await startBed();
  const filesystem = open();
  await filesystem.write("a.zip", pattern(1));
  await filesystem.write("b.zip", pattern(1));
  const url = await filesystem.signUrl("a.zip", { expiresInMs: 60_000 });

  expect((await fetch(url, { method: "PUT", body: "x" })).status).toBe(403);
  expect((await fetch(url, { method: "DELETE" })).status).toBe(403);
  expect((await fetch(url.replace("a.zip", "b.zip"))).status).toBe(403);
  expect((await fetch(url.replace("X-Amz-Expires=60", "X-Amz-Expires=600"))).status).toBe(403);
});

it("a signed URL ends when it said it would", async () => {
  let passedMs = 0;
  const server = await startS3Server({ minPartSize: PART_SIZE, now: () => Date.now() + passedMs });
  onTestFinished(() => server.close());
  const filesystem = s3Filesystem(optionsFor(server, server.endpoint));
  onTestFinished(() => filesystem.close());
  await filesystem.write("a.zip", pattern(1));
  const url = await filesystem.signUrl("a.zip", { expiresInMs: 90_000 });

  passedMs = 80_000;
  expect((await fetch(url)).status).toBe(200);
  passedMs = 92_000;
  expect((await fetch(url)).status).toBe(403);
});
