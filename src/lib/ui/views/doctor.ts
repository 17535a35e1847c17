import { list, type OutputFlags, type View } from '../result.js';
import { stripControl, type Styles, stylesFor } from '../terminal.js';

/** Something that was looked at, and how it is. */
export interface Check {
  /** One word: `store`. */
  readonly name: string;
  /** `warning`: it works, but not as it could; `failed`: something will not work; `skipped`: it could not be looked at. */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly message: string;
  /** What to do; null where there is nothing. */
  readonly hint: string | null;
}

const rows = list<Check>({
  columns: [
    { header: 'name', value: (check) => check.name },
    { header: 'status', value: (check) => check.status },
    { header: 'message', value: (check) => check.message, shrink: true },
    { header: 'hint', value: (check) => check.hint, shrink: true },
  ],
  id: (check) => check.name,
  name: (check) => check.name,
  empty: 'Nothing was checked.',
});

/** A line a check, with the way out below it; in every other format a list. */
export const checkList: View<readonly Check[]> = {
  check: (flags) => {
    rows.check(flags);
  },
  async show(result, context) {
    if (!isForReading(context.flags)) return rows.show(result, context);
    await context.stdout.write(report(result, stylesFor(context.terminal)));
  },
};

function isForReading({ format, columns, sort, quiet }: OutputFlags): boolean {
  return format.kind === 'table' && !quiet && columns === undefined && sort === undefined;
}

function report(checks: readonly Check[], styles: Styles): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, message, hint }) => [
    `${mark(status, styles)} ${name.padEnd(width)}  ${stripControl(message)}`,
    ...(hint === null ? [] : [`${' '.repeat(width + 4)}${styles.dim(`Hint: ${stripControl(hint)}`)}`]),
  ]);
  return `${[...lines, '', summary(checks)].join('\n')}\n`;
}

function mark(status: Check['status'], styles: Styles): string {
  switch (status) {
    case 'ok':
      return styles.green('✔');
    case 'warning':
      return styles.yellow('!');
    case 'failed':
      return styles.red('✖');
    case 'skipped':
      return styles.dim('-');
  }
}

function summary(checks: readonly Check[]): string {
  const count = (status: Check['status']): number => checks.filter((check) => check.status === status).length;
  const warnings = count('warning');
  const parts = [
    `${count('ok')} ok`,
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
    ...(count('skipped') > 0 ? [`${count('skipped')} skipped`] : []),
  ];
  return `${parts.join(', ')}.`;
}
