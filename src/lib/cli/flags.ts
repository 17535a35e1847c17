import { Flags } from '@oclif/core';
import { UsageError } from '../port/errors.js';
import { formatChoice } from '../ui/format.js';
import { progressModes } from '../ui/progress.js';

/** Flags of every command. */
export const globalFlags = {
  json: Flags.boolean({ summary: 'Print one JSON document (a stream: one object a line).', helpGroup: 'GLOBAL' }),
  debug: Flags.boolean({ summary: 'Show stack traces of errors.', helpGroup: 'GLOBAL' }),
  'no-color': Flags.boolean({ summary: 'Do not colour the output.', helpGroup: 'GLOBAL' }),
};

/** Flags of every command that talks to a backend. */
export const backendFlags = {
  backend: Flags.string({
    summary: 'Talk to this backend instead of the one the environment selects.',
    helpValue: 'NAME',
    helpGroup: 'GLOBAL',
  }),
};

/** `--format`, with what a kind of view has. */
function formatFlag(kind: Parameters<typeof formatChoice>[0], more = '') {
  return Flags.string({
    summary: `${formatChoice(kind)}${more}.`,
    helpValue: 'FORMAT',
    helpGroup: 'OUTPUT',
    exclusive: ['json'],
  });
}

const quiet = Flags.boolean({
  char: 'q',
  summary: 'Print only ids.',
  helpGroup: 'OUTPUT',
  exclusive: ['json', 'format'],
});

/** How one object is shown. */
export const formatFlags = { format: formatFlag('detail'), quiet };

/** How a change is shown, and what is told while it is made. */
export const changeFlags = {
  format: formatFlag('mutation'),
  quiet,
  progress: Flags.option({
    options: progressModes,
    summary: 'How progress is shown on standard error; json is one object a line. Default: auto, or BERTH_PROGRESS.',
    helpValue: 'MODE',
    helpGroup: 'OUTPUT',
  })(),
};

/** How a stream is shown. */
export const streamFlags = { format: formatFlag('stream', ' for each line') };

/** How a list is shown. */
export const listFlags = {
  format: formatFlag('list'),
  quiet,
  columns: Flags.string({
    summary: 'Only these columns, by their headers, comma separated.',
    helpValue: 'A,B',
    helpGroup: 'OUTPUT',
  }),
  sort: Flags.string({
    summary: 'Sort by this column; a leading - reverses.',
    helpValue: '[-]COLUMN',
    helpGroup: 'OUTPUT',
  }),
  'no-header': Flags.boolean({ summary: 'Leave the header line out.', helpGroup: 'OUTPUT' }),
  'no-trunc': Flags.boolean({ summary: 'Show ids and texts whole.', helpGroup: 'OUTPUT' }),
};

/** Milliseconds from `90s`, `5m`, `1h30m`, or a bare number of seconds; more than 0. */
export const durationFlag = Flags.custom<number>({
  helpValue: 'DURATION',
  parse: async (text) => durationMs(text, (ms) => ms > 0),
});

/** The same, or 0. */
const patienceFlag = Flags.custom<number>({
  helpValue: 'DURATION',
  parse: async (text) => durationMs(text, (ms) => ms >= 0),
});

async function durationMs(text: string, fits: (ms: number) => boolean): Promise<number> {
  const { parseDurationMs } = await import('../compose/duration.js');
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseOrUndefined(() => parseDurationMs(text));
  if (ms === undefined || !fits(ms)) {
    throw new UsageError(`${JSON.stringify(text)} is not a duration`, { hint: 'Write it as 90s, 5m or 1h30m.' });
  }
  return ms;
}

/** A whole number, 0 or more. */
export const countFlag = Flags.custom<number>({
  helpValue: 'N',
  parse: async (text, _context, flag) => {
    if (!/^\d+$/.test(text)) {
      throw new UsageError(`--${flag.name} takes a whole number, 0 or more; got ${JSON.stringify(text)}`);
    }
    return Number(text);
  },
});

/** RFC 3339 in UTC from a point in time (`2026-01-31T12:00:00Z`, `2026-01-31`, unix seconds) or an age (`10m`). */
export const timeFlag = Flags.custom({
  helpValue: 'TIME',
  parse: async (text, _context, flag) => {
    const { parseDurationMs } = await import('../compose/duration.js');
    const ageMs = parseOrUndefined(() => parseDurationMs(text));
    const time = ageMs === undefined ? pointInTime(text) : timeText(Date.now() - ageMs);
    if (time === undefined) {
      throw new UsageError(`--${flag.name} takes a time or an age; got ${JSON.stringify(text)}`, {
        hint: 'Write it as 2026-01-31T12:00:00Z, or as an age: 10m, 2h.',
      });
    }
    return time;
  },
});

/** What `timeFlag` takes, for summaries. */
export const timeForms = 'as 2026-01-31T12:00:00Z, 2026-01-31 or in Unix seconds, or an age as 90s, 10m or 2h';

/**
 * RFC 3339 in UTC; undefined for what is no time. Stricter than `Date.parse`, which takes `10` for a month of 2001, and as
 * fine as what was given: engines tell times to the nanosecond.
 */
function pointInTime(text: string): string | undefined {
  const [, seconds, digits] = /^(\d{9,11})(?:\.(\d+))?$/.exec(text) ?? [];
  if (seconds !== undefined) return timeText(Number(seconds) * 1000, digits);
  const date = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.(\d+))?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i.exec(text);
  return date === null ? undefined : timeText(Date.parse(text.replace(/\.\d+/, '')), date[1]);
}

/** @param fraction digits of a second, where they are not in the milliseconds. */
function timeText(ms: number, fraction?: string): string | undefined {
  if (Number.isNaN(new Date(ms).getTime())) return undefined;
  const text = new Date(ms).toISOString();
  return fraction === undefined ? text : text.replace('.000Z', `.${fraction.slice(0, 9).padEnd(3, '0')}Z`);
}

/** Flags of every verb that changes something. */
export const mutationFlags = {
  ...changeFlags,
  wait: Flags.boolean({
    allowNo: true,
    default: true,
    summary: 'Wait until what runs is what was asked for.',
    helpGroup: 'WAITING',
  }),
  sync: Flags.boolean({
    summary: 'The same as --wait (docker-cloud called it so).',
    helpGroup: 'WAITING',
  }),
  timeout: durationFlag({ summary: 'Stop waiting after this long; the work goes on.', helpGroup: 'WAITING' }),
  'lock-timeout': patienceFlag({
    summary: 'Wait this long for somebody else who is changing the same; 0 is not at all. Default: 60s.',
    helpGroup: 'WAITING',
  }),
  'dry-run': Flags.boolean({ summary: 'Print the plan and change nothing.' }),
};

/** Flags of verbs that destroy something. */
export const confirmFlags = {
  yes: Flags.boolean({ char: 'y', summary: 'Do not ask.' }),
};

/** Which definition is meant. Not greedy: words behind `-f FILE` are services, as for `docker compose`. */
export const definitionFlags = {
  file: Flags.string({
    char: 'f',
    multiple: true,
    multipleNonGreedy: true,
    summary: 'Read this file; several are merged in order, - is standard input.',
    helpValue: 'FILE',
    helpGroup: 'DEFINITION',
  }),
  'env-file': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    summary: 'Take variables from this file instead of .env.',
    helpValue: 'FILE',
    helpGroup: 'DEFINITION',
  }),
  profile: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    summary: 'Activate this profile.',
    helpValue: 'NAME',
    helpGroup: 'DEFINITION',
  }),
  'project-directory': Flags.string({
    summary: 'Resolve relative paths from here.',
    helpValue: 'DIR',
    helpGroup: 'DEFINITION',
  }),
};

/** The name of the stack, as docker-cloud spelled it. */
export const stackNameFlags = {
  name: Flags.string({ char: 'n', summary: 'Name of the stack.', helpValue: 'NAME', helpGroup: 'DEFINITION' }),
};

/** Which lines of a log. */
export const logFlags = {
  follow: Flags.boolean({ char: 'f', summary: 'Go on as lines are written.' }),
  tail: countFlag({ char: 't', summary: 'Only the last N lines of each container.' }),
  since: timeFlag({ summary: `Only lines from this time on: ${timeForms}.` }),
  until: timeFlag({ summary: 'Only lines before this time, written alike.' }),
  timestamps: Flags.boolean({ summary: 'Begin each line with its time.' }),
};

export const serviceStateFlag = Flags.option({
  helpValue: 'STATE',
  options: [
    'Not running',
    'Starting',
    'Running',
    'Partly running',
    'Scaling',
    'Redeploying',
    'Stopping',
    'Stopped',
    'Terminating',
    'Terminated',
  ] as const,
});

export const containerStateFlag = Flags.option({
  helpValue: 'STATE',
  options: ['Init', 'Starting', 'Running', 'Paused', 'Stopping', 'Stopped', 'Terminating', 'Terminated'] as const,
});

export const actionStateFlag = Flags.option({
  helpValue: 'STATE',
  options: ['Pending', 'In progress', 'Canceling', 'Canceled', 'Success', 'Failed'] as const,
});

function parseOrUndefined(parse: () => number): number | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
