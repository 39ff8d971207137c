import { expect, it } from "vitest";
import { ADMIN, FILE_TOKEN, makeBed } from "./bed/bed.ts";

const POLICY = "default-src 'none'; frame-ancestors 'none'";

it.each([
  ["GET", "/api/backups", 200],
  ["HEAD", "/api/backups", 200],
  ["POST", "/api/backups", 204],
  ["GET", "/api/backups/status", 200],
  ["GET", "/api/health", 200],
  ["GET", "/nowhere", 404],
  ["PUT", "/api/backups", 405],
  ["GET", "/api/backups/a.zip", 403],
  ["GET", "/api/backups/%ff", 400],
  ["POST", "/api/backups/upload", 400],
])("%s %s is answered with the headers of every answer", async (method, path, status) => {
  const { send } = await makeBed();

  const response = await send(method, path);

  expect(response.status).toBe(status);
  expect(securityOf(response)).toEqual(["nosniff", "DENY", POLICY]);
});

it("a failure inside and a status stream have them too", async () => {
  const broken = await makeBed({ handler: { auth: () => Promise.reject(new Error("the directory is down")) } });
  const { send } = await makeBed();

  const failed = await broken.send("GET", "/api/backups");
  const stream = await send("GET", "/api/backups/status", { headers: { ...ADMIN, accept: "text/event-stream" } });
  await stream.body?.cancel();

  expect([failed.status, ...securityOf(failed)]).toEqual([500, "nosniff", "DENY", POLICY]);
  expect([stream.status, ...securityOf(stream)]).toEqual([200, "nosniff", "DENY", POLICY]);
});

it("a download is in a sandbox, whole, in part and redirected", async () => {
  const bed = await makeBed({ handler: { signDownload: (key) => `https://storage.example/${key}` } });
  const plain = await makeBed();
  const range = { ...ADMIN, range: "bytes=0-3" };
  for (const { manager } of [bed, plain]) await manager.create({ name: "a.zip" });
  const path = `/api/backups/a.zip?token=${FILE_TOKEN}`;

  const answers = [
    await plain.send("GET", path),
    await plain.send("GET", path, { headers: range }),
    await bed.send("GET", path),
  ];

  expect(answers.map(({ status }) => status)).toEqual([200, 206, 302]);
  for (const answer of answers) {
    expect(securityOf(answer)).toEqual(["nosniff", "DENY", `${POLICY}; sandbox`]);
    await answer.body?.cancel();
  }
});

it("an authentication may say otherwise for its own answers", async () => {
  const handle = async () => new Response(null, { headers: { "x-frame-options": "SAMEORIGIN" } });
  const { send } = await makeBed({ handler: { auth: { authenticate: () => "none", handle } } });

  expect(securityOf(await send("POST", "/api/own"))).toEqual(["nosniff", "SAMEORIGIN", POLICY]);
});

function securityOf({ headers }: Response): (string | null)[] {
  return ["x-content-type-options", "x-frame-options", "content-security-policy"].map((name) => headers.get(name));
}
