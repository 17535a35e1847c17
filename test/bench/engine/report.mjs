// Figures of one run: kept by name and round, printed as medians, and as ratios within the round, so that a noisy machine
// moves both sides alike.

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Samples by name, one a round; a round that failed has none. */
export function openSamples() {
  const samples = new Map();
  const of = (name) => {
    if (!samples.has(name)) samples.set(name, []);
    return samples.get(name);
  };
  return {
    add: (name, round, value) => (of(name)[round] = value),
    names: () => [...samples.keys()],
    values: (name) => of(name).filter((value) => value !== undefined),
    /** The median of what `combine` makes of the values of these names, in rounds that have all of them; else null. */
    combined: (names, combine) => {
      const rounds = Math.max(0, ...names.map((name) => of(name).length));
      const values = Array.from({ length: rounds }, (_, round) => names.map((name) => of(name)[round]))
        .filter((row) => row.every((value) => value !== undefined && value !== null))
        .map((row) => combine(...row));
      return values.length === 0 ? null : median(values);
    },
  };
}

/** Prints name, median, smallest and largest of every series. */
export function printSamples(samples, units) {
  console.log(`\n${'what'.padEnd(52)} ${'median'.padStart(11)} ${'min'.padStart(11)} ${'max'.padStart(11)}  n`);
  for (const name of samples.names()) {
    const values = samples.values(name).filter((value) => value !== null);
    if (values.length === 0) continue;
    const show = units(name);
    const cells = [median(values), Math.min(...values), Math.max(...values)].map((value) => show(value).padStart(11));
    console.log(`${name.padEnd(52)} ${cells.join(' ')}  ${values.length}`);
  }
}

/** Prints the budgets: what, bar, measured, and whether it holds. Gives true when all hold. */
export function printBudgets(rows) {
  const lines = rows.map(({ what, bar, measured, least = -Infinity, most = Infinity }) => {
    if (measured === null) return { what, bar, measured: '', verdict: 'none' };
    const holds = measured >= least && measured <= most;
    return { what, bar, measured: measured.toFixed(2), verdict: holds ? 'holds' : 'MISSED' };
  });
  console.log(`\n| ${'budget'.padEnd(44)} | ${'bar'.padEnd(34)} | measured | verdict |`);
  console.log(`|${'-'.repeat(46)}|${'-'.repeat(36)}|${'-'.repeat(9)}:|---------|`);
  for (const { what, bar, measured, verdict } of lines) {
    console.log(`| ${what.padEnd(44)} | ${bar.padEnd(34)} | ${measured.padStart(8)} | ${verdict.padEnd(7)} |`);
  }
  return lines.every(({ verdict }) => verdict === 'holds');
}
