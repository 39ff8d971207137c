import { StowageError } from "../../errors.ts";
import type { Segment, SegmentMemory } from "./segment.ts";

/** Hands out pieces of an archive in rising order, from segments as they come. Call {@link close} at the end. */
export class SegmentReader {
  readonly #segments: AsyncIterator<Segment>;
  readonly #memory: SegmentMemory;
  #current: Segment | undefined;

  constructor(segments: AsyncIterator<Segment>, memory: SegmentMemory) {
    this.#segments = segments;
    this.#memory = memory;
  }

  /** Returns a segment that holds these bytes, among others. Release it. */
  async take(start: number, end: number): Promise<Segment> {
    const segment = await this.#reach(start);
    return segment.covers(start, end) ? segment.hold() : this.#joined(start, end);
  }

  /** How many bytes from a position on can be taken without a copy, as far as they are here. */
  heldFrom(position: number): number {
    return Math.max(0, (this.#current?.end ?? 0) - position);
  }

  /** Returns the segment that holds a byte, and with it those that follow. Release it. */
  async takeFrom(position: number): Promise<Segment> {
    return (await this.#reach(position)).hold();
  }

  /** Returns a copy of these bytes. */
  async copy(start: number, end: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let position = start; position < end; ) {
      const piece = await this.copySome(position, end);
      pieces.push(piece);
      position += piece.length;
    }
    return Buffer.concat(pieces);
  }

  /** Returns a copy of the first of these bytes: as many as lie in one segment. */
  async copySome(start: number, end: number): Promise<Buffer> {
    const segment = await this.#reach(start);
    return Buffer.from(segment.slice(start, Math.min(end, segment.end)));
  }

  /** Lets go of everything. What is being fetched is waited for. */
  async close(): Promise<void> {
    this.#current?.release();
    this.#current = undefined;
    await this.#segments.return?.();
  }

  /** Goes on to the segment that holds a byte. */
  async #reach(position: number): Promise<Segment> {
    for (;;) {
      const current = this.#current;
      if (current && position < current.end) {
        if (position >= current.start) return current;
        throw new StowageError("INTERNAL", `byte ${position} of the archive was passed already`);
      }
      const { done, value } = await this.#segments.next();
      if (done) throw new StowageError("INTERNAL", `byte ${position} of the archive was not asked for`);
      current?.release();
      this.#current = value;
    }
  }

  /** Copies bytes that lie in several segments. */
  #joined(start: number, end: number): Promise<Segment> {
    return this.#memory.segment(start, end, async (memory) => {
      for (let position = start; position < end; ) {
        const segment = await this.#reach(position);
        const until = Math.min(end, segment.end);
        memory.set(segment.slice(position, until), position - start);
        position = until;
      }
      return memory;
    });
  }
}
