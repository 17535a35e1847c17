import fc from 'fast-check';

/** Cuts bytes into chunks, at places that fast-check chooses; empty chunks too. */
export const cutAnywhere: fc.Arbitrary<(bytes: Buffer) => readonly Buffer[]> = fc
  .array(fc.nat({ max: 1_000 }), { maxLength: 30 })
  .map((places) => (bytes) => {
    const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
    return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
  });
