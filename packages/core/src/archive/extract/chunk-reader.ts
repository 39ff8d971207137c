import { StowageError } from "../../errors.ts";
import type { Chunk, ChunkMemory } from "./chunk.ts";

/** Hands out pieces of an archive in rising order, from chunks as they come. Call {@link close} at the end. */
export class ChunkReader {
  readonly #chunks: AsyncIterator<Chunk>;
  readonly #memory: ChunkMemory;
  #current: Chunk | undefined;

  constructor(chunks: AsyncIterator<Chunk>, memory: ChunkMemory) {
    this.#chunks = chunks;
    this.#memory = memory;
  }

  /** Returns a chunk that holds these bytes, among others. Release it. */
  async take(start: number, end: number): Promise<Chunk> {
    const chunk = await this.#reach(start);
    return chunk.covers(start, end) ? chunk.hold() : this.#joined(start, end);
  }

  /** How many bytes from a position on can be taken without a copy, as far as they are here. */
  heldFrom(position: number): number {
    return Math.max(0, (this.#current?.end ?? 0) - position);
  }

  /** Returns the chunk that holds a byte, and with it those that follow. Release it. */
  async takeFrom(position: number): Promise<Chunk> {
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

  /** Returns a copy of the first of these bytes: as many as lie in one chunk. */
  async copySome(start: number, end: number): Promise<Buffer> {
    const chunk = await this.#reach(start);
    return Buffer.from(chunk.slice(start, Math.min(end, chunk.end)));
  }

  /** Lets go of everything. What is being fetched is waited for. */
  async close(): Promise<void> {
    this.#current?.release();
    this.#current = undefined;
    await this.#chunks.return?.();
  }

  /** Goes on to the chunk that holds a byte. */
  async #reach(position: number): Promise<Chunk> {
    for (;;) {
      const current = this.#current;
      if (current && position < current.end) {
        if (position >= current.start) return current;
        throw new StowageError("INTERNAL", `byte ${position} of the archive was passed already`);
      }
      const { done, value } = await this.#chunks.next();
      if (done) throw new StowageError("INTERNAL", `byte ${position} of the archive was not asked for`);
      current?.release();
      this.#current = value;
    }
  }

  /** Copies bytes that lie in several chunks. */
  #joined(start: number, end: number): Promise<Chunk> {
    return this.#memory.chunk(start, end, async (memory) => {
      for (let position = start; position < end; ) {
        const chunk = await this.#reach(position);
        const until = Math.min(end, chunk.end);
        memory.set(chunk.slice(position, until), position - start);
        position = until;
      }
      return memory;
    });
  }
}
