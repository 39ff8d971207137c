import { pipeline } from "node:stream/promises";
import type { Exchange } from "../proxy/exchange.ts";
import type { Fault } from "../proxy/faults.ts";

/** The request at which a client dies: before the server sees it, or after it has done its work and before it is heard. */
export interface DeathPoint {
  /** Counted from 1; Infinity for never. */
  readonly killAt: number;
  readonly killWhen: "before" | "after";
}

/** Lets requests through up to the one at which the client dies, and holds that one and all behind it for ever. */
export class RequestGate {
  readonly #point: DeathPoint;
  readonly #closed: Promise<void>;
  #close = () => {};
  #isShut = false;
  #underWay = 0;
  #count = 0;

  constructor(point: DeathPoint) {
    this.#point = point;
    this.#closed = new Promise((resolve) => {
      this.#close = resolve;
    });
  }

  /** Resolves when the client has come to its death, and no earlier request of it is under way any more. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /** For a proxy of this client alone. */
  readonly fault: Fault = async (exchange) => {
    const { killAt, killWhen } = this.#point;
    const number = ++this.#count;
    const isLast = number === killAt;
    if (number > killAt || (isLast && killWhen === "before")) return this.#hold(exchange);
    this.#underWay++;
    try {
      const answer = await exchange.forward();
      if (isLast) {
        for await (const _ of answer);
      } else {
        exchange.writeHead(answer);
        await pipeline(answer, exchange.response);
      }
    } finally {
      this.#underWay--;
      this.#closeIfQuiet();
    }
    if (isLast) await this.#hold(exchange);
  };

  async #hold({ response }: Exchange): Promise<void> {
    this.#isShut = true;
    this.#closeIfQuiet();
    if (!response.closed) await new Promise((resolve) => response.once("close", resolve));
  }

  #closeIfQuiet(): void {
    if (this.#isShut && this.#underWay === 0) this.#close();
  }
}
