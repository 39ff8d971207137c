import { ApiError } from "../api-error.ts";
import { type Rate, RateLimit } from "./rate-limit.ts";

/** How often a log-in may fail, per address of the client and per identity. */
export interface LoginRates {
  /** 10 at once, then one every 30 s when left out. */
  readonly address?: Rate;
  /** 20 at once, then one every 15 s when left out. Faster than the one of an address, so that no single address can lock an admin out. */
  readonly identity?: Rate;
}

/** Who tries, and as whom. */
interface Client {
  readonly address: string;
  readonly identity: string;
}

const ADDRESS_RATE: Rate = { burst: 10, intervalMs: 30_000 };
const IDENTITY_RATE: Rate = { burst: 20, intervalMs: 15_000 };
const MAX_KEYS = 10_000;

/** Limits how often passwords can be tried. Counts an attempt before it is judged, so that many at once count as many. */
export class LoginLimits {
  readonly #addresses: RateLimit;
  readonly #identities: RateLimit;

  constructor(rates: LoginRates, now: () => number) {
    this.#addresses = new RateLimit(rates.address ?? ADDRESS_RATE, { maxKeys: MAX_KEYS, now });
    this.#identities = new RateLimit(rates.identity ?? IDENTITY_RATE, { maxKeys: MAX_KEYS, now });
  }

  /**
   * Resolves with the outcome of the log-in. One that resolves with undefined counts as failed; one that succeeds, or
   * rejects before it was judged, is taken back. Throws a 429 that says when to come again, and then counts nothing.
   */
  async attempt<T>(client: Client, logIn: () => Promise<T | undefined>): Promise<T | undefined> {
    this.#count(client);
    let isFailed = false;
    try {
      const outcome = await logIn();
      isFailed = outcome === undefined;
      return outcome;
    } finally {
      if (!isFailed) this.#takeBack(client);
    }
  }

  #count({ address, identity }: Client): void {
    refuseFor(this.#addresses.take(address));
    const waitMs = this.#identities.take(identity);
    if (waitMs > 0) this.#addresses.giveBack(address);
    refuseFor(waitMs);
  }

  #takeBack({ address, identity }: Client): void {
    this.#addresses.giveBack(address);
    this.#identities.giveBack(identity);
  }
}

function refuseFor(waitMs: number): void {
  if (waitMs <= 0) return;
  throw new ApiError(429, "Too Many Requests.", { headers: { "retry-after": String(Math.ceil(waitMs / 1000)) } });
}
