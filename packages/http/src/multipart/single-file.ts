import { FormParts } from "./form-parts.ts";
import { noFile, refusedField } from "./malformed.ts";
import type { PartHead } from "./part-head.ts";

/** A form of which the head of the one file has arrived. */
export interface SingleFile {
  /** The name of the file, as it was sent. */
  readonly filename: string;
  /** The bytes of the file. Ends only where the whole form has ended as it must; else it throws 400. */
  readonly content: AsyncGenerator<Buffer, void, void>;
  /** Lets go of a form whose content is not read. */
  release(): void;
}

const MAX_FIELDS = 16;

/**
 * The most bytes by which a form is larger than the file in it: each of its 17 heads, 16 fields, the preamble and the epilogue
 * has 8 KiB at most, and each boundary some 1 KiB.
 */
export const MAX_FORM_OVERHEAD = 512 * 1024;

/**
 * Reads a form that holds exactly one file, in the field `file`, and passes over at most 16 small fields around it.
 *
 * A parser of any form must guess what was meant by a broken one. Here a form is read in the one way there is, or nothing of it
 * is stored. Throws 400, with the field that is wrong.
 */
export async function readSingleFile(body: AsyncIterable<Uint8Array>, boundary: string): Promise<SingleFile> {
  const parts = new FormParts(body, boundary);
  const fields = new PassedFields(parts);
  try {
    for (let hasPart = await parts.first(); hasPart; hasPart = await parts.next()) {
      const head = await parts.head();
      if (head.name !== "file") await fields.passOver(head);
      else return { filename: nameOf(head), content: contentOf(parts, fields), release: () => parts.release() };
    }
    throw noFile();
  } catch (error) {
    parts.release();
    throw error;
  }
}

function nameOf({ filename }: PartHead): string {
  if (filename === undefined || filename === "") throw noFile();
  return filename;
}

async function* contentOf(parts: FormParts, fields: PassedFields): AsyncGenerator<Buffer, void, void> {
  try {
    yield* parts.content();
    while (await parts.next()) {
      const head = await parts.head();
      if (head.name === "file") throw refusedField("file", "validation_too_many_files", "There must be one file.");
      await fields.passOver(head);
    }
  } finally {
    parts.release();
  }
}

/** The fields that nobody asks for. A field for a file in which none was chosen is one of them. */
class PassedFields {
  readonly #parts: FormParts;
  #count = 0;

  constructor(parts: FormParts) {
    this.#parts = parts;
  }

  async passOver(head: PartHead): Promise<void> {
    const { name, filename = "" } = head;
    if (filename !== "") {
      throw refusedField(name, "validation_unexpected_file", 'The file must be in the field "file".');
    }
    this.#count++;
    if (this.#count > MAX_FIELDS) {
      throw refusedField(name, "validation_too_many_fields", `There must be no more than ${MAX_FIELDS} other fields.`);
    }
    await this.#parts.skip(head);
  }
}
