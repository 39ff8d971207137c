import type { IncomingMessage } from "node:http";
import type { UnderlyingSource } from "node:stream/web";
import { StowageError } from "@stowage/core";

type Controller = ReadableStreamDefaultController<Uint8Array>;

/** The body of an incoming message: read as it is asked for, and ended when its sender stalls. */
export class RequestBody {
  readonly #incoming: IncomingMessage;
  readonly #idleTimeoutMs: number;
  #idle: NodeJS.Timeout | undefined;
  /** Lets go of the message, which stays as it is. */
  release = (): void => {};

  constructor(incoming: IncomingMessage, { idleTimeoutMs }: { idleTimeoutMs: number }) {
    this.#incoming = incoming;
    this.#idleTimeoutMs = idleTimeoutMs;
    incoming.on("error", () => {}); // the sender left: the stream tells, if somebody reads it
  }

  /** Whether the message announces a body. */
  get isExpected(): boolean {
    const { headers } = this.#incoming;
    return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  }

  /** The body as a web stream. Fails if its sender leaves or sends nothing for too long, and if somebody else has read it. */
  stream(): ReadableStream<Uint8Array> {
    const wasRead = this.#incoming.readableDidRead;
    const source: UnderlyingSource<Uint8Array> = {
      start: wasRead ? () => {} : (controller) => this.#connect(controller),
      pull: wasRead ? refuse : (controller) => this.#resume(controller),
      cancel: () => this.release(),
    };
    return new ReadableStream(source, { highWaterMark: 0 });
  }

  #connect(controller: Controller): void {
    const incoming = this.#incoming;
    const onData = (chunk: Buffer) => {
      clearTimeout(this.#idle);
      incoming.pause();
      controller.enqueue(chunk);
    };
    const onEnd = () => this.#end(() => controller.close());
    const onClose = () => this.#end(() => controller.error(new Error("the sender of the body left")));
    incoming.on("data", onData).on("end", onEnd).on("close", onClose).pause();
    this.release = () => {
      clearTimeout(this.#idle);
      incoming.off("data", onData).off("end", onEnd).off("close", onClose);
      this.release = () => {};
    };
  }

  #resume(controller: Controller): void {
    clearTimeout(this.#idle);
    const stalled = () => controller.error(new Error(`nothing of the body came for ${this.#idleTimeoutMs} ms`));
    this.#idle = setTimeout(() => this.#end(stalled), this.#idleTimeoutMs);
    this.#incoming.resume();
  }

  #end(settle: () => void): void {
    this.release();
    settle();
  }
}

/** Tells the operator, too: the client did nothing wrong. */
function refuse(controller: Controller): void {
  const message = "the body of the request was read already: mount the backups before anything that parses bodies";
  process.emitWarning(message, { code: "STOWAGE_BODY_READ" });
  controller.error(new StowageError("INVALID_ARGUMENT", message, { operation: "toNodeListener" }));
}
