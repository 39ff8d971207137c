import { connect, type OnReadOpts, type Socket } from "node:net";

export interface LoadReaderOptions {
  readonly port: number;
  readonly path: string;
  /** What the body must be. */
  readonly expected: Buffer;
  /** Which of the readers it is: no two of them pause alike. */
  readonly index: number;
}

/** Bytes between two pauses. */
const BURST_SIZE = 4 * 1024 * 1024;
const MAX_PAUSE_MS = 400;

/** A client that takes a download in bursts, with pauses between them, and compares every byte as it comes. */
export class LoadReader {
  /** Resolves when the head of the answer has come; nothing more is taken until `goOn`. */
  readonly answered: Promise<void>;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  /** Bytes of the body that came and were right. */
  size = 0;
  status = "";
  isEqual = true;
  readonly #options: LoadReaderOptions;
  readonly #socket: Socket;
  #isAnswered = () => {};
  #burst = 0;

  constructor(options: LoadReaderOptions, buffer: Buffer) {
    this.#options = options;
    this.answered = new Promise((resolve) => {
      this.#isAnswered = resolve;
    });
    const onread: OnReadOpts = { buffer, callback: (length) => this.#take(buffer.subarray(0, length)) };
    this.#socket = connect({ port: options.port, host: "127.0.0.1", onread });
    this.ended = new Promise((resolve) => this.#socket.on("error", () => {}).once("close", () => resolve()));
    const head = ["host: localhost", "authorization: an-admin", "connection: close"];
    this.#socket.write(`GET ${options.path} HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n`);
  }

  goOn(): void {
    this.#burst = 0;
    this.#socket.resume();
  }

  /** Returns whether more is wanted at once. */
  #take(bytes: Buffer): boolean {
    if (this.status === "") return this.#takeHead(bytes);
    this.#compare(bytes);
    this.#burst += bytes.length;
    if (this.#burst < BURST_SIZE) return true;
    setTimeout(() => this.goOn(), (this.#options.index * 37) % MAX_PAUSE_MS);
    return false;
  }

  #takeHead(bytes: Buffer): boolean {
    const end = bytes.indexOf("\r\n\r\n") + 4; // a head of this size comes in one piece
    this.status = bytes.toString("latin1", 0, bytes.indexOf("\r\n"));
    this.#compare(bytes.subarray(end));
    this.#isAnswered();
    return false;
  }

  #compare(bytes: Buffer): void {
    const { expected } = this.#options;
    this.isEqual &&= expected.compare(bytes, 0, bytes.length, this.size, this.size + bytes.length) === 0;
    this.size += bytes.length;
  }
}
