import { setImmediate as turn } from "node:timers/promises";
import { answerWith, type RecordedRequest } from "@stowage/test-kit";
import { expect, it } from "vitest";
import { bytesAt, PART_SIZE, pattern, startBed } from "./bed.ts";

const isPart = ({ method, query }: RecordedRequest) => method === "PUT" && query.has("partNumber");

it("content of one part is one request, and one byte more is sent in parts", async () => {
  const { server, open } = await startBed();
  const filesystem = open();

  await filesystem.write("one", pattern(PART_SIZE));
  expect(server.requests.filter(({ method }) => method === "PUT" || method === "POST")).toHaveLength(1);

  await filesystem.write("two", pattern(PART_SIZE + 1));
  expect(server.requests.filter(isPart)).toHaveLength(2);
  expect(await bytesAt(filesystem, "two")).toEqual(pattern(PART_SIZE + 1));
});

it("parts have one size when the length is known, and the last is the rest", async () => {
  const { server, open } = await startBed();
  const size = 5 * PART_SIZE + 7;

  await open().write("known", pattern(size), { size });

  const sizes = server.requests.filter(isPart).map(({ headers }) => Number(headers["content-length"]));
  expect(sizes.sort((left, right) => right - left)).toEqual([...Array(5).fill(PART_SIZE), 7]);
});

it("no more parts than allowed are in flight, the one being read included", async () => {
  const { proxy, open } = await startBed();
  let produced = 0;
  async function* content() {
    for (; produced < 20; produced++) yield pattern(PART_SIZE);
  }
  const held: (() => void)[] = [];
  let producedWhileHeld = 0;
  proxy.inject({
    match: isPart,
    times: 3,
    fault: async (exchange) => {
      await new Promise<void>((resolve) => {
        held.push(resolve);
        if (held.length === 3) {
          for (let count = 0; count < 100; count++) setImmediate(() => {});
          void settle().then(() => {
            producedWhileHeld = produced;
            for (const release of held) release();
          });
        }
      });
      const answer = await exchange.forward();
      exchange.writeHead(answer);
      answer.pipe(exchange.response);
    },
  });

  await open({ concurrency: 3 }).write("bounded", content());

  expect(producedWhileHeld).toBeLessThanOrEqual(5); // three in flight, one chunk held by core, one asked for
});

it("a part that fails for good stops the others, and no upload stays open", async () => {
  const { server, proxy, open } = await startBed();
  proxy.inject({
    match: (request) => isPart(request) && request.query.get("partNumber") === "2",
    fault: answerWith(403),
  });

  await expect(open().write("refused", pattern(8 * PART_SIZE))).rejects.toMatchObject({ code: "PERMISSION_DENIED" });

  expect(server.uploads()).toEqual([]);
  expect(server.keys()).toEqual([]);
  // The server notices broken connections, and removes what came over them, a little later.
  await expect.poll(() => server.files(), { timeout: 10_000 }).toEqual([]);
});

it("content that fails between parts leaves no upload, no part and no object", async () => {
  const { server, open } = await startBed();
  const failure = new Error("the disk caught fire");
  async function* content() {
    yield pattern(3 * PART_SIZE);
    yield pattern(1);
    throw failure;
  }

  await expect(open().write("burnt", content())).rejects.toMatchObject({ code: "SOURCE_UNREADABLE", cause: failure });

  expect(server.uploads()).toEqual([]);
  expect(await server.files()).toEqual([]);
});

it("an abort while an upload is being opened leaves none open", async () => {
  const { server, proxy, open } = await startBed();
  const controller = new AbortController();
  proxy.inject({
    match: ({ method, query }) => method === "POST" && query.has("uploads"),
    fault: async (exchange) => {
      const answer = await exchange.forward(); // from here on the upload is open
      controller.abort();
      await turn();
      exchange.writeHead(answer);
      answer.pipe(exchange.response);
    },
  });

  const write = open().write("late", pattern(3 * PART_SIZE), { signal: controller.signal });
  await expect(write).rejects.toMatchObject({ code: "ABORTED" });
  await expect.poll(() => server.requests.some(({ method }) => method === "DELETE")).toBe(true);

  expect(server.uploads()).toEqual([]);
});

it("an abort that the service does not obey at once is repeated, and asked for once more when it has worked", async () => {
  const { server, open } = await startBed();
  server.ignoreAborts(2);
  async function* content() {
    yield pattern(3 * PART_SIZE);
    yield pattern(1);
    throw new Error("no more");
  }

  await expect(open().write("late", content())).rejects.toThrow();

  expect(server.uploads()).toEqual([]);
  expect(server.requests.filter(({ method }) => method === "DELETE")).toHaveLength(4);
});

it("a conflict while a conditional upload completes is tried again", async () => {
  const { server, open } = await startBed();
  const filesystem = open();
  server.conflict(2);

  await filesystem.write("contended", pattern(3 * PART_SIZE), { ifNotExists: true });

  expect(await bytesAt(filesystem, "contended")).toEqual(pattern(3 * PART_SIZE));
});

it("a conditional upload of a taken key changes nothing and leaves no upload", async () => {
  const { server, open } = await startBed();
  const filesystem = open();
  await filesystem.write("taken", Buffer.from("first"));

  const write = filesystem.write("taken", pattern(3 * PART_SIZE), { ifNotExists: true });

  await expect(write).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
  expect(await bytesAt(filesystem, "taken")).toEqual(Buffer.from("first"));
  expect(server.uploads()).toEqual([]);
  expect(await server.files()).toHaveLength(1);
});

it("an upload that the service has forgotten is not asked for again", async () => {
  const { server, proxy, open } = await startBed();
  const body = "<Error><Code>NoSuchUpload</Code><Message>gone</Message></Error>";
  const isComplete = ({ method, query }: RecordedRequest) => method === "POST" && query.has("uploadId");
  const struck = proxy.inject({
    match: isComplete,
    fault: answerWith(404, body, { "content-type": "application/xml" }),
  });

  await expect(open().write("gone", pattern(2 * PART_SIZE))).rejects.toMatchObject({
    code: "UNAVAILABLE",
    retryable: true,
  });

  expect(struck()).toBe(1);
  expect(server.keys()).toEqual([]);
});

it("no request sets an ACL", async () => {
  const { server, open } = await startBed();
  const filesystem = open();
  await filesystem.write("small", pattern(10));
  await filesystem.write("large", pattern(3 * PART_SIZE));

  expect(server.requests.flatMap(({ headers }) => Object.keys(headers)).filter((name) => name.includes("acl"))).toEqual(
    [],
  );
});

async function settle(): Promise<void> {
  for (let count = 0; count < 50; count++) await turn();
}
