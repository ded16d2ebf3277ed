/** Eight words of 32 bits: what SHA-256 has made of the blocks so far. */
export type State = Int32Array;

const ROUNDS = 64;

/** FIPS 180-4, 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const K = Int32Array.of(
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2,
);

/** FIPS 180-4, 5.3.3. */
export const INITIAL_STATE: Readonly<State> = Int32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);

/** Room for a block, sixteen words of which the first byte is the highest, and for what is made of it. */
export function newBlock(): Int32Array {
  return new Int32Array(ROUNDS);
}

/**
 * SHA-256 of one block more (FIPS 180-4, 6.2.2). Neither a branch nor an index depends on what is hashed.
 *
 * @param block of which the first sixteen words are read
 */
export function compress(before: Readonly<State>, block: Int32Array, after: State): void {
  expand(block);
  let a = at(before, 0);
  let b = at(before, 1);
  let c = at(before, 2);
  let d = at(before, 3);
  let e = at(before, 4);
  let f = at(before, 5);
  let g = at(before, 6);
  let h = at(before, 7);
  for (let t = 0; t < ROUNDS; t += 1) {
    const sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + sum1 + choice + at(K, t) + at(block, t)) | 0;
    const sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + sum0 + majority) | 0;
  }
  after[0] = at(before, 0) + a;
  after[1] = at(before, 1) + b;
  after[2] = at(before, 2) + c;
  after[3] = at(before, 3) + d;
  after[4] = at(before, 4) + e;
  after[5] = at(before, 5) + f;
  after[6] = at(before, 6) + g;
  after[7] = at(before, 7) + h;
}

/** The message schedule: FIPS 180-4, 6.2.2, step 1. */
function expand(block: Int32Array): void {
  for (let t = 16; t < ROUNDS; t += 1) {
    const x = at(block, t - 15);
    const y = at(block, t - 2);
    const sigma0 = rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3);
    const sigma1 = rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10);
    block[t] = at(block, t - 16) + at(block, t - 7) + sigma0 + sigma1;
  }
}

/** To the right. */
function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function at(words: Readonly<Int32Array>, index: number): number {
  return words[index] ?? 0;
}
