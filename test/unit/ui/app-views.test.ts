import { execFileSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConfigVariable } from '../../../src/lib/port/config.js';
import type { Event } from '../../../src/lib/port/events.js';
import type { Release } from '../../../src/lib/port/releases.js';
import { configList, configValue, environmentList, pulledConfig } from '../../../src/lib/ui/views/config.js';
import { eventLines } from '../../../src/lib/ui/views/events.js';
import { limitList } from '../../../src/lib/ui/views/limits.js';
import { placementList } from '../../../src/lib/ui/views/placement.js';
import { releaseChanges, releaseDetail, releaseList } from '../../../src/lib/ui/views/releases.js';
import { shownBy } from './shown-by.js';

const screen = { isTTY: true, columns: 40, colour: false };
const variables: readonly ConfigVariable[] = [
  { key: 'DEBUG', value: '1', origin: 'set' },
  { key: 'GREETING', value: "it's a\nbell\u0007", origin: 'definition' },
];

describe('config', () => {
  test('is a table, an array, words, keys', async () => {
    const config = { variables, oneline: false };
    expect(await shownBy(configList, config, { format: 'wide' })).toBe(
      [
        'KEY        VALUE         ORIGIN',
        'DEBUG      1             set',
        "GREETING   it's a bell   definition",
        '',
      ].join('\n'),
    );
    expect(JSON.parse(await shownBy(configList, config, { json: true }))).toEqual(variables);
    expect(await shownBy(configList, config, { quiet: true })).toBe('DEBUG\nGREETING\n');
    expect(await shownBy(configList, { variables: [], oneline: true })).toBe('\n');
  });

  test('on one line is words that a shell reads as they are', () => {
    const values = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));
    return fc.assert(
      fc.asyncProperty(values, values, async (one, two) => {
        const shown: readonly ConfigVariable[] = [
          { key: 'A', value: one, origin: 'set' },
          { key: 'B', value: two, origin: 'set' },
        ];
        const words = await shownBy(configList, { variables: shown, oneline: true });
        const printed = execFileSync('sh', ['-c', `${words.trimEnd()}; printf '%s\\0%s' "$A" "$B"`], {
          encoding: 'utf8',
        });
        expect(printed).toBe(`${one}\0${two}`);
      }),
      { numRuns: 25 },
    );
  });

  test('a value is bare in a pipe, and harmless on a terminal', async () => {
    const [, greeting = { key: '', value: '', origin: 'set' }] = variables;
    expect(await shownBy(configValue, greeting)).toBe("it's a\nbell\u0007\n");
    expect(await shownBy(configValue, greeting, {}, screen)).toBe("it's a\nbell\n");
    expect(JSON.parse(await shownBy(configValue, greeting, { json: true }))).toEqual(greeting);
  });

  test('the environment of a service tells where each variable comes from', async () => {
    expect(await shownBy(environmentList, variables.slice(0, 1))).toBe('ORIGIN   KEY     VALUE\nset      DEBUG   1\n');
    expect(await shownBy(environmentList, variables.slice(0, 1), { quiet: true })).toBe('DEBUG=1\n');
  });

  test('what was pulled is text for a pipe, and nothing on stdout where there is a file', async () => {
    const pulled = { file: null, variables: { A: '\u0007' }, text: "A='\u0007'\n" };
    expect(await shownBy(pulledConfig, pulled)).toBe("A='\u0007'\n");
    expect(await shownBy(pulledConfig, pulled, {}, screen)).toBe("A=''\n");
    expect(await shownBy(pulledConfig, { ...pulled, file: '/srv/.env' })).toBe('');
    expect(JSON.parse(await shownBy(pulledConfig, pulled, { json: true }))).toEqual({
      file: null,
      variables: { A: '\u0007' },
    });
  });
});

describe('limits and tags', () => {
  test('sizes are exact, and in the largest unit that is', async () => {
    const rows = [512 * 1024 ** 2, 1536 * 1024 ** 2, 1000, 3 * 1024 ** 4].map((memoryBytes, index) => ({
      service: `s${index}`,
      memoryBytes,
      memoryReservationBytes: null,
      cpus: 0.5,
      cpuReservation: null,
      cpuShares: null,
    }));
    expect(await shownBy(limitList, rows)).toBe(
      [
        'TYPE   MEMORY   CPUS   CPU SHARES',
        's0       512M    0.5            -',
        's1      1536M    0.5            -',
        's2      1000B    0.5            -',
        's3         3T    0.5            -',
        '',
      ].join('\n'),
    );
  });

  test('tags by name are what set takes', async () => {
    const labels = [{ key: 'disk', value: 'ssd' }];
    expect(await shownBy(placementList, labels, { format: 'name' })).toBe('disk=ssd\n');
    expect(await shownBy(placementList, labels)).toBe('KEY    VALUE\ndisk   ssd\n');
  });
});

describe('releases', () => {
  const release = (version: number, more: Partial<Release>): Release => ({
    id: `id-${version}`,
    stack: 'shop',
    version,
    user: 'ann',
    summary: 'set DEBUG',
    current: false,
    failed: false,
    createdAt: '2026-03-01T11:57:00Z',
    ...more,
  });

  test('tell which runs and which failed', async () => {
    const rows = [release(3, { failed: true }), release(2, { current: true }), release(1, {})];
    expect(await shownBy(releaseList, rows, { columns: 'version,status,summary' })).toBe(
      [
        'VERSION   STATUS    SUMMARY',
        'v3        failed    set DEBUG',
        'v2        current   set DEBUG',
        'v1        -         set DEBUG',
        '',
      ].join('\n'),
    );
    expect(await shownBy(releaseList, rows, { format: 'name' })).toBe('v3\nv2\nv1\n');
  });

  test('of the past says so, where it is alone', async () => {
    const detail = { build: null, config: null, definition: null };
    const statusOf = async (more: Partial<Release>): Promise<string | undefined> =>
      /^Status: +(.*)$/m.exec(await shownBy(releaseDetail, { ...release(1, more), ...detail }))?.[1];
    expect(await statusOf({})).toBe('past');
    expect(await statusOf({ failed: true })).toBe('failed');
    expect(await statusOf({ current: true })).toBe('current');
  });

  test('differ in fields, a line each', async () => {
    const changes = [
      { path: 'services.web.image', before: 'app:1', after: 'app:2\u001b[2J' },
      { path: 'services.worker', before: null, after: '{}' },
    ];
    expect(await shownBy(releaseChanges, changes)).toBe(
      'services.web.image: app:1 -> app:2\nservices.worker: (none) -> {}\n',
    );
    expect(JSON.parse(await shownBy(releaseChanges, changes, { json: true }))).toEqual(changes);
    expect(await shownBy(releaseChanges, [])).toBe('No changes.\n');
    expect(JSON.parse(await shownBy(releaseChanges, [], { json: true }))).toEqual([]);
  });
});

describe('events', () => {
  const event: Event = {
    id: '7',
    at: '2026-03-01T12:00:00.000Z',
    verb: 'die',
    object: { kind: 'container', id: 'c1', name: 'web-1.shop' },
    parents: [],
    state: 'Stopped',
    severity: 'error',
    message: 'exited with code 1\u001b[2J',
    details: {},
  };

  async function* happened(...events: readonly Event[]): AsyncIterable<Event> {
    yield* events;
  }

  test('are a line each: when, what, which, why', async () => {
    expect(
      await shownBy(eventLines, happened(event, { ...event, message: null }, { ...event, message: null, state: null })),
    ).toBe(
      [
        '2026-03-01T12:00:00.000Z  die  container web-1.shop  exited with code 1',
        '2026-03-01T12:00:00.000Z  die  container web-1.shop  Stopped',
        '2026-03-01T12:00:00.000Z  die  container web-1.shop',
        '',
      ].join('\n'),
    );
  });

  test('of actions tell the state, and not as if their object had just been made', async () => {
    const scale: Event = {
      ...{ ...event, verb: 'create', severity: 'info', details: { action: 'a1' } },
      ...{ object: { kind: 'service', id: 's1', name: 'vote.voting-app' }, message: 'Service Scale by root' },
    };
    const states = ['Pending', 'In progress', 'Success', 'Canceled'];
    const text = await shownBy(eventLines, happened(...states.map((state) => ({ ...scale, state }))));
    expect(text.replaceAll(event.at, '<at>').split('\n')).toEqual([
      '<at>  action  Pending      service vote.voting-app  Service Scale by root',
      '<at>  action  In progress  service vote.voting-app  Service Scale by root',
      '<at>  action  Success      service vote.voting-app  Service Scale by root',
      '<at>  action  Canceled     service vote.voting-app  Service Scale by root',
      '',
    ]);
    const failed: Event = { ...scale, state: 'Failed', severity: 'error', message: null };
    const colour = { isTTY: true, columns: 80, colour: true };
    expect(await shownBy(eventLines, happened(failed), {}, colour)).toMatch(
      /action {2}\u001b\[31mFailed +\u001b\[39m {2}service vote\.voting-app\n$/,
    );
  });

  test('none at all: a word to people, unless more may come', async () => {
    const told = async (flags: Readonly<Record<string, unknown>>): Promise<string> => {
      const stderr = new PassThrough();
      await shownBy(eventLines, happened(), flags, undefined, stderr);
      return String(stderr.read() ?? '');
    };
    expect(await told({})).toBe('No events.\n');
    expect(await told({ follow: true })).toBe('');
    expect(await told({ json: true })).toBe('');
    expect(await shownBy(eventLines, happened(), {})).toBe('');
  });

  test('are coloured by how bad they are', async () => {
    const colour = { isTTY: true, columns: 80, colour: true };
    const shown = async (severity: Event['severity']): Promise<string> =>
      shownBy(eventLines, happened({ ...event, severity }), {}, colour);
    expect(await shown('critical')).toContain('\u001b[31mdie\u001b[39m');
    expect(await shown('cleared')).toContain('\u001b[32mdie\u001b[39m');
    expect(await shown('info')).toContain('  die  ');
  });

  test('as JSON are an object a line', async () => {
    const lines = (await shownBy(eventLines, happened(event, event), { json: true })).trimEnd().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([event, event]);
  });
});
