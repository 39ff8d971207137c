import { expect } from "vitest";
import type { Client, Generation } from "./sdk-generations.ts";

/** One call of each kind that is documented, with arguments that nothing is wrong with. */
export const CALLS: Readonly<Record<string, (client: Client, archive: Uint8Array<ArrayBuffer>) => Promise<unknown>>> = {
  getFullList: ({ backups }) => backups.getFullList(),
  create: ({ backups }) => backups.create("new_backup.zip"),
  upload: ({ backups }, archive) => backups.upload({ file: new File([archive], "uploaded.zip") }),
  delete: ({ backups }) => backups.delete("pb_data_backup.zip"),
  restore: ({ backups }) => backups.restore("pb_data_backup.zip"),
  getToken: (client) => client.fileToken(),
};

/** Every generation with every call. */
export function eachCall(generations: readonly Generation[], names = Object.keys(CALLS)) {
  return generations.flatMap((generation) =>
    names.map((name) => ({ generation, version: generation.version, name, call: CALLS[name] ?? neverCalled })),
  );
}

function neverCalled(): never {
  throw new Error("there is no such call");
}

/** Checks what the SDK throws: its own error, with the status and, to the letter, the body. */
export async function expectRefusal(
  { ResponseError }: Generation,
  call: Promise<unknown>,
  body: object,
): Promise<void> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ResponseError);
  expect(error).toMatchObject({
    status: Reflect.get(body, "code"),
    message: Reflect.get(body, "message"),
    isAbort: false,
  });
  expect(error).toHaveProperty("response", body);
}
