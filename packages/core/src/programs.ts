/**
 * The programs of threads and of the helper process, each as the text of one file that imports nothing but Node. They are carried along
 * instead of lying beside the code that starts them, so that they are in every bundle, and nothing is resolved.
 */
export interface Programs {
  readonly compression: string;
  readonly extraction: string;
  readonly helper: string;
}

export type ThreadProgram = Exclude<keyof Programs, "helper">;

/** `.ci/build-programs.mjs` makes `dist/built-programs.js`, which takes the place of this file. No thread can load sources. */
export const programs: Programs | undefined = undefined;
