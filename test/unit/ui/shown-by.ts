import { PassThrough } from 'node:stream';
import { readOutputFlags, type View } from '../../../src/lib/ui/result.js';
import { Sink } from '../../../src/lib/ui/sink.js';

/** What a view writes to stdout, which is no terminal unless it is said to be one. */
export async function shownBy<Result>(
  view: View<Result>,
  result: Result,
  flags: Readonly<Record<string, unknown>> = {},
  terminal = { isTTY: false, columns: 80, colour: false },
  stderr = new PassThrough(),
): Promise<string> {
  const stdout = new PassThrough();
  const sink = new Sink(stdout);
  const output = readOutputFlags(flags);
  view.check(output);
  await view.show(result, {
    flags: output,
    stdout: sink,
    stderr: new Sink(stderr),
    terminal,
    now: Date.parse('2026-03-01T12:00:00Z'),
    signal: new AbortController().signal,
  });
  await sink.flush();
  return String(stdout.read() ?? '');
}
