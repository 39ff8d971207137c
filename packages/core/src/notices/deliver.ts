import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../message-of.ts";

export interface Delivery {
  /** `http:` or `https:`. Its path may be a secret: only its host is ever told. */
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
}

const ATTEMPTS = 4;
const BASE_MS = 1_000;
const TIMEOUT_MS = 10_000;

/**
 * Posts something, up to four times within some 50 s. What does not arrive is a warning of the process. Never rejects. A status of 4xx but 408 and 429
 * is final: it would be the same again.
 */
export async function deliver({ url, contentType, body }: Delivery, signal: AbortSignal): Promise<void> {
  let failure = "";
  for (let attempt = 1; attempt <= ATTEMPTS && !signal.aborted; attempt++) {
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": contentType, "user-agent": "stowage" },
        body,
        redirect: "manual", // it would be followed by GET, without the notice
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await answer.body?.cancel();
      if (answer.ok) return;
      failure = `HTTP ${answer.status}`;
      if (answer.status < 400) failure += `: it is elsewhere; give the URL that it leads to`;
      if (answer.status < 500 && answer.status !== 408 && answer.status !== 429) break;
    } catch (error) {
      failure = messageOf(error instanceof Error && error.cause ? error.cause : error);
    }
    if (attempt < ATTEMPTS) await sleep(BASE_MS * 3 ** (attempt - 1), undefined, { signal }).catch(() => {});
  }
  const message = `a notice did not reach ${new URL(url).host}: ${failure || "the manager was closed"}`;
  process.emitWarning(message, { type: "StowageWarning", code: "STOWAGE_NOTICE_LOST" });
}
