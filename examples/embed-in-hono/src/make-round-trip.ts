import assert from "node:assert/strict";

/** Makes a backup, fetches it, sends it back under another name and asks for the list: each over the socket. */
export async function makeRoundTrip(url: string, token: string): Promise<void> {
  const headers = { authorization: token };
  assert.equal(await (await fetch(url)).text(), "the application");
  assert.equal((await fetch(`${url}/admin/api/backups`)).status, 401);

  const json = { "content-type": "application/json", ...headers };
  const created = await fetch(`${url}/admin/api/backups`, {
    method: "POST",
    headers: json,
    body: '{"name":"first.zip"}',
  });
  assert.equal(created.status, 204);

  const archive = await (await fetch(`${url}/admin/api/backups/first.zip`, { headers })).blob();
  const body = new FormData();
  body.append("file", archive, "second.zip");
  const uploaded = await fetch(`${url}/admin/api/backups/upload`, { method: "POST", headers, body });
  assert.equal(uploaded.status, 204);

  const listed = await fetch(`${url}/admin/api/backups?fields=key,size`, { headers });
  const backups = (await listed.json()) as { key: string; size: number }[];
  console.log(backups);
  assert.deepEqual(new Set(backups.map(({ key }) => key)), new Set(["first.zip", "second.zip"]));
}
