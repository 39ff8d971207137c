import { answerWith, type Fault, type RecordedRequest } from "@stowage/test-kit";
import { PART_SIZE, pattern } from "./bed.ts";

export const DAY_MS = 24 * 60 * 60 * 1_000;
export const objectLock = { mode: "compliance", days: 30 } as const;
/** Options of a server whose bucket retains whatever is stored. */
export const RETAINING = { objectLock: { defaultRetention: { mode: "GOVERNANCE", days: 30 } } } as const;

export const SHAPES: [name: string, content: Buffer][] = [
  ["one request", pattern(100)],
  ["parts", pattern(2 * PART_SIZE + 1)],
];

export const isHead = ({ method }: RecordedRequest) => method === "HEAD";
export const isPut = ({ method }: RecordedRequest) => method === "PUT";
export const isRetention = ({ query }: RecordedRequest) => query.has("retention");
export const isConfiguration = ({ query }: RecordedRequest) => query.has("object-lock");

/** Answers with an error of S3. */
export function errorOf(status: number, code: string, message = "so it is"): Fault {
  return answerWith(status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}

/** How services say that an object is retained. */
export const REFUSALS: [name: string, fault: Fault][] = [
  ["MinIO", errorOf(400, "InvalidRequest", "Object is WORM protected and cannot be overwritten")],
  ["versitygw", errorOf(403, "AccessDenied", "Access Denied because object protected by object lock.")],
  ["one with a code for it", errorOf(409, "ObjectLocked")],
];
