import { timingSafeEqual } from "node:crypto";
import { ApiError } from "../api-error.ts";
import { HashQueue } from "./hash-queue.ts";
import {
  DEFAULT_COST,
  type DeriveKey,
  KEY_SIZE,
  type PasswordHash,
  SALT_SIZE,
  type ScryptCost,
} from "./password-hash.ts";

/** Two hashes of 128 MiB leave half of Node's four threads to everybody else. */
const QUEUE = { maxRunning: 2, maxWaiting: 16 };
const OVERLOADED_RETRY_SECONDS = 5;

/** Compares passwords with hashes: at most two at once, sixteen more wait, and any more get a 429. */
export class PasswordCheck {
  readonly #deriveKey: DeriveKey;
  readonly #queue = new HashQueue(QUEUE);

  constructor(deriveKey: DeriveKey) {
    this.#deriveKey = deriveKey;
  }

  /** Says whether the password made the hash, in a time that does not depend on where they differ. */
  async matches(password: string, { salt, key, cost }: PasswordHash): Promise<boolean> {
    const derived = await this.#derive(password, salt, key.length, cost);
    return timingSafeEqual(derived, key);
  }

  /** Takes as long as {@link matches} with a hash of this cost, for an identity that nobody has. */
  async matchNobody(password: string, cost: ScryptCost = DEFAULT_COST): Promise<false> {
    await this.#derive(password, Buffer.alloc(SALT_SIZE), KEY_SIZE, cost);
    return false;
  }

  async #derive(password: string, salt: Buffer, length: number, cost: ScryptCost): Promise<Buffer> {
    const outcome = await this.#queue.run(() => this.#deriveKey(password, salt, length, cost));
    if (outcome !== undefined) return outcome.result;
    throw new ApiError(429, "Too Many Requests.", { headers: { "retry-after": String(OVERLOADED_RETRY_SECONDS) } });
  }
}
