/** How far an operation has come. Sizes are bytes of content, before compression. */
export interface Progress {
  readonly phase:
    | "walk"
    | "snapshot"
    | "archive"
    | "judge"
    | "stage"
    | "swap"
    | "verify"
    | "extract"
    | "upload"
    | "copy";
  readonly entriesDone: number;
  readonly entriesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

/** Is told the work done so far. */
export type ReportProgress = (done: { readonly entriesDone: number; readonly bytesDone: number }) => void;

/** Reports the progress of several stages that follow each other as that of one. */
export function summing(onProgress: ReportProgress): () => ReportProgress {
  let done = { entriesDone: 0, bytesDone: 0 };
  return () => {
    const before = done;
    return ({ entriesDone, bytesDone }) => {
      done = { entriesDone: before.entriesDone + entriesDone, bytesDone: before.bytesDone + bytesDone };
      onProgress(done);
    };
  };
}
