import { ApiError } from "../api-error.ts";
import { GoodRecords } from "./good-records.ts";
import { type Rate, RateLimit } from "./rate-limit.ts";

/** How often a log-in may fail, per address of the client and per identity. */
export interface LoginRates {
  /** 10 at once, then one every 30 s when left out. */
  readonly address?: Rate;
  /** 20 at once, then one every 15 s when left out. Faster than the one of an address, so that no single address can lock an admin out. */
  readonly identity?: Rate;
}

/** Who tries, and as whom. */
export interface LoginClient {
  readonly address: string;
  readonly identity: string;
  /** Whether the request carries a valid token of the same admin. */
  readonly hasToken: boolean;
}

/** A token bucket, and what of it must stay for others. */
interface Bucket {
  readonly limit: RateLimit;
  readonly key: string;
  readonly reserve?: number;
}

const ADDRESS_RATE: Rate = { burst: 10, intervalMs: 30_000 };
const IDENTITY_RATE: Rate = { burst: 20, intervalMs: 15_000 };
/** How often an address that has no good record may take of what is reserved for those that have hardly tried. */
const NEWCOMER_RATE: Rate = { burst: 3, intervalMs: 20 * 60_000 };
const MAX_KEYS = 10_000;

/**
 * Limits how often passwords can be tried. Counts an attempt before it is judged, so that many at once count as many.
 *
 * An attacker must not be able to lock an admin out: whoever has logged in from an address before, or still holds a token, has a
 * bucket of his own that failures elsewhere do not empty. From a new address an admin shares the bucket of his identity with the
 * attackers, but the last half of it is for addresses that have tried fewer than 3 times in the last hour: to keep that empty for
 * ever takes 80 networks, not three.
 */
export class LoginLimits {
  readonly #addresses: RateLimit;
  readonly #identities: RateLimit;
  /** Those who have logged in before, or have a token: by the pair of address and identity, or by the identity. */
  readonly #known: RateLimit;
  readonly #newcomers: RateLimit;
  readonly #records = new GoodRecords();
  readonly #reserve: number;

  constructor(rates: LoginRates, now: () => number) {
    const { address = ADDRESS_RATE, identity = IDENTITY_RATE } = rates;
    this.#addresses = new RateLimit(address, { maxKeys: MAX_KEYS, now });
    this.#identities = new RateLimit(identity, { maxKeys: MAX_KEYS, now });
    this.#known = new RateLimit(identity, { maxKeys: MAX_KEYS, now });
    this.#newcomers = new RateLimit(NEWCOMER_RATE, { maxKeys: MAX_KEYS, now });
    this.#reserve = Math.floor(identity.burst / 2);
  }

  /**
   * Resolves with the outcome of the log-in. One that resolves with undefined counts as failed; one that succeeds, or
   * rejects before it was judged, is taken back. Throws a 429 that says when to come again, and then counts nothing.
   */
  async attempt<T>(client: LoginClient, logIn: () => Promise<T | undefined>): Promise<T | undefined> {
    const taken = this.#take(client);
    let isFailed = false;
    try {
      const outcome = await logIn();
      isFailed = outcome === undefined;
      if (!isFailed) this.#records.add(JSON.stringify([client.address, client.identity]));
      return outcome;
    } finally {
      if (!isFailed) giveBack(taken);
    }
  }

  /** Takes one of each bucket of the client, or of none. */
  #take(client: LoginClient): readonly Bucket[] {
    const taken: Bucket[] = [];
    for (const bucket of this.#bucketsOf(client)) {
      const waitMs = bucket.limit.take(bucket.key, bucket.reserve);
      if (waitMs > 0) {
        giveBack(taken);
        throw tooMany(waitMs);
      }
      taken.push(bucket);
    }
    return taken;
  }

  #bucketsOf({ address, identity, hasToken }: LoginClient): readonly Bucket[] {
    if (hasToken) return [{ limit: this.#known, key: identity }];
    const ofAddress = { limit: this.#addresses, key: address };
    const pair = JSON.stringify([address, identity]);
    if (this.#records.has(pair)) return [ofAddress, { limit: this.#known, key: pair }];
    const ofIdentity = { limit: this.#identities, key: identity };
    const ofNewcomer = { limit: this.#newcomers, key: pair };
    const isNewcomer = this.#newcomers.hasOne(pair);
    return isNewcomer ? [ofAddress, ofIdentity, ofNewcomer] : [ofAddress, { ...ofIdentity, reserve: this.#reserve }];
  }
}

function giveBack(buckets: readonly Bucket[]): void {
  for (const { limit, key } of buckets) limit.giveBack(key);
}

function tooMany(waitMs: number): ApiError {
  return new ApiError(429, "Too Many Requests.", { headers: { "retry-after": String(Math.ceil(waitMs / 1000)) } });
}
