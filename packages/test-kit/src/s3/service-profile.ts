/** In which ways the double is less than AWS, as a service may be. */
export interface ServiceProfile {
  /** The regions that a request may be signed for. Any when left out. */
  readonly regions?: readonly string[];
  /** What becomes of `If-None-Match` on writes. It is kept when left out. */
  readonly conditions?: "refused" | "ignored" | "ignored-on-complete";
  /**
   * What becomes of `x-amz-checksum-…`. It is kept when left out. "composite" refuses a checksum of the whole object in parts,
   * "refused-in-parts" one on a part, "refused-on-complete" those of the parts where they are put together.
   */
  readonly checksums?: "refused" | "ignored" | "composite" | "refused-in-parts" | "refused-on-complete";
  /** Whether a request must say that its sender pays for it. */
  readonly requesterPays?: boolean;
  /** Whether all parts but the last must have one size. */
  readonly equalParts?: boolean;
  /** The most parts of an object. 10,000 when left out. */
  readonly maxParts?: number;
  /** The code with which a bucket in the path is refused. The path may hold it when left out. */
  readonly virtualHostOnly?: "SecondLevelDomainForbidden" | "PathStyleDomainForbidden";
}
