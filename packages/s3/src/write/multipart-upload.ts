import { setTimeout as delay } from "node:timers/promises";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { bodyChecksum, bodyMd5 } from "../crc32.ts";
import { followSignal } from "../follow-signal.ts";
import type { S3Connection, Send } from "../s3-connection.ts";
import { incompleteReply, isNoSuchUpload } from "../s3-error.ts";
import type { ObjectWrite } from "./object-write.ts";
import type { Part } from "./part-reader.ts";
import { storedAs } from "./stored-as.ts";

/** Times that an upload is aborted before it is left to the bucket's lifecycle rule. */
const MAX_ABORTS = 5;

/** One multipart upload: a request per method. */
export class MultipartUpload {
  readonly #connection: S3Connection;
  readonly #target: { readonly Bucket: string; readonly Key: string; readonly UploadId: string };
  #aborted: Promise<void> | undefined;

  private constructor(connection: S3Connection, target: { Bucket: string; Key: string; UploadId: string }) {
    this.#connection = connection;
    this.#target = target;
  }

  /**
   * CreateMultipartUpload. An abort waits `abortGraceMs` for the answer: without its id, an upload that the service has
   * opened all the same could not be aborted.
   */
  static async start(connection: S3Connection, write: ObjectWrite, signal: AbortSignal): Promise<MultipartUpload> {
    const target = connection.target(write.key);
    const input = { ...target, ...storedAs(connection.settings, write), ...checksumChoice(connection) };
    signal.throwIfAborted();
    const grace = followSignal(signal, connection.settings.abortGraceMs);
    try {
      return await connection.request(async (client, send) => {
        const { UploadId } = await client.send(new CreateMultipartUploadCommand(input), send);
        if (!UploadId) throw incompleteReply("an upload id");
        return new MultipartUpload(connection, { ...target, UploadId });
      }, grace.signal);
    } finally {
      grace.detach();
    }
  }

  /** UploadPart, from a buffer that stays as it is until this settles. */
  async uploadPart({ number: PartNumber, bytes }: Part, signal: AbortSignal): Promise<CompletedPart> {
    const { settings } = this.#connection;
    const checksum = bodyChecksum(settings, bytes);
    const body = { Body: bytes, ContentLength: bytes.length, ...bodyMd5(settings, bytes) };
    const input = { ...this.#target, PartNumber, ...body, ...checksum };
    return this.#connection.request(async (client, send) => {
      const { ETag } = await client.send(new UploadPartCommand(input), send);
      if (!ETag) throw incompleteReply("an ETag");
      return { PartNumber, ETag, ...checksum };
    }, signal);
  }

  /** CompleteMultipartUpload, which makes the object. Resolves with the ETag, which Ceph RGW 16 leaves empty. */
  complete(parts: readonly CompletedPart[], { ifNotExists }: ObjectWrite): Send<string> {
    const condition = ifNotExists ? { IfNoneMatch: "*" } : {};
    const input = { ...this.#target, ...condition, MultipartUpload: { Parts: [...parts] } };
    return async (client, send) => {
      const { ETag } = await client.send(new CompleteMultipartUploadCommand(input), send);
      if (ETag === undefined) throw incompleteReply("an ETag");
      return ETag;
    };
  }

  /**
   * AbortMultipartUpload, until the service says twice that the upload is gone: a part under way can land behind an abort
   * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html), and opens the upload anew on some services.
   * Never rejects, and does not take longer than five times `abortGraceMs`.
   */
  abort(): Promise<void> {
    this.#aborted ??= this.#abort().catch(() => {});
    return this.#aborted;
  }

  async #abort(): Promise<void> {
    const { abortGraceMs } = this.#connection.settings;
    const signal = AbortSignal.timeout(MAX_ABORTS * abortGraceMs);
    for (let round = 1, gone = 0; round <= MAX_ABORTS; round++) {
      gone = (await this.#isGone(signal)) ? gone + 1 : 0;
      if (gone === 2) return;
      await delay(Math.min(abortGraceMs, 100 * round), undefined, { signal });
    }
  }

  async #isGone(signal: AbortSignal): Promise<boolean> {
    const abort: Send<unknown> = (client, send) => client.send(new AbortMultipartUploadCommand(this.#target), send);
    const list: Send<unknown> = (client, send) => client.send(new ListPartsCommand(this.#target), send);
    return (await this.#isGoneAfter(abort, signal)) || (await this.#isGoneAfter(list, signal));
  }

  async #isGoneAfter(send: Send<unknown>, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#connection.request(send, signal);
      return false;
    } catch (error) {
      if (isNoSuchUpload(error)) return true;
      throw error;
    }
  }
}

function checksumChoice({ settings }: S3Connection) {
  if (settings.checksums === "when-required") return {};
  const type = settings.checksums === "full-object" ? { ChecksumType: "FULL_OBJECT" as const } : {};
  return { ChecksumAlgorithm: "CRC32" as const, ...type };
}
