import { SeededRandom } from "@stowage/test-kit/random";

/** Far more than the 32 KB in which deflate looks for repetitions, so that taking a place twice gains nothing. */
const POOL_SIZE = 1_024 * 1_024;
const VOCABULARY_SIZE = 6_000;
const SYLLABLES = [
  ..."ab ac ad al an ar as at ba be bi bo ca ce ch co de di do ea ed el en er es et fi fo ga ge ha he hi ho ic id ie in".split(
    " ",
  ),
  ..."io is it la le li lo ma me mi mo na ne ni no nt of ol on or ou pe po pr ra re ri ro sa se sh si so st ta te th ti".split(
    " ",
  ),
  ..."to tr un ur us ve vi we wi".split(" "),
];

/** Text and noise that are made once, from which files take pieces: making content costs little more than copying it. */
export class ContentPool {
  readonly text: Buffer;
  readonly noise: Buffer;
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.noise = makeNoise(this.#random);
    this.text = makeText(this.#random);
  }

  /** Words that compress like prose, in memory that belongs to the pool. */
  someText(size: number): Buffer {
    return this.#some(this.text, size);
  }

  /** Bytes that do not compress, in memory that belongs to the pool. */
  someNoise(size: number): Buffer {
    return this.#some(this.noise, size);
  }

  #some(pool: Buffer, size: number): Buffer {
    const start = this.#random.below(Math.max(1, pool.length - size));
    return pool.subarray(start, start + size);
  }
}

function makeNoise(random: SeededRandom): Buffer {
  const words = new Uint32Array(POOL_SIZE / 4);
  for (let index = 0; index < words.length; index++) words[index] = random.below(2 ** 32);
  return Buffer.from(words.buffer);
}

/** Writes words, the frequent ones often: the word of rank n comes about 1/n as often as the first (Zipf's law). */
function makeText(random: SeededRandom): Buffer {
  const vocabulary = Array.from({ length: VOCABULARY_SIZE }, () => makeWord(random));
  const words: string[] = [];
  for (let size = 0; size < POOL_SIZE; ) {
    const rank = random.spread(1, VOCABULARY_SIZE);
    const end = random.below(12) === 0 ? ". " : " ";
    const word = `${vocabulary[rank - 1]}${end}`;
    words.push(word);
    size += word.length;
  }
  return Buffer.from(words.join(""), "latin1").subarray(0, POOL_SIZE);
}

function makeWord(random: SeededRandom): string {
  const length = random.between(1, 4);
  return Array.from({ length }, () => SYLLABLES[random.below(SYLLABLES.length)]).join("");
}
