import { describe, expect, it } from 'vitest';
import { BerthError, InputError, NotFoundError, RolloutError } from '../../../src/lib/port/errors.js';
import { createRedactor } from '../../../src/lib/net/redact.js';
import { errorDocument, type ErrorReportOptions, renderError } from '../../../src/lib/ui/error-report.js';

const plain: ErrorReportOptions = {
  terminal: { isTTY: false, columns: 80, colour: false },
  debug: false,
  redact: (text) => text,
};

const redact = createRedactor(['hunter22']);

describe('renderError', () => {
  it('says what failed, the platform words and what to do next', () => {
    const error = new NotFoundError('no stack "vote"', { detail: '404 page\nnot found', hint: 'Did you mean voting?' });
    expect(renderError(error, plain)).toBe(
      'Error: no stack "vote"\n  404 page\n  not found\nHint: Did you mean voting?\n',
    );
  });

  it('shows the place in the file with a caret below the column', () => {
    const error = new InputError('unknown key imagee', {
      position: {
        file: 'compose.yaml',
        line: 12,
        column: 5,
        path: 'services.web.imagee',
        excerpt: '    imagee: redis',
      },
      hint: 'Did you mean image?',
    });
    expect(renderError(error, plain)).toBe(
      [
        'Error: unknown key imagee',
        '  in compose.yaml:12:5 (services.web.imagee)',
        '  12 |     imagee: redis',
        '     |     ^',
        'Hint: Did you mean image?',
        '',
      ].join('\n'),
    );
  });

  it('places the caret by cells: wide characters before it, tabs as one', () => {
    const position = { file: 'c.yaml', line: 1, column: 5, excerpt: '日本\tx: y' };
    expect(renderError(new InputError('bad', { position }), plain)).toContain('  1 | 日本 x: y\n    |       ^\n');
  });

  it('shows the part of a long line around the column', () => {
    const position = { file: 'c.json', line: 1, column: 501, excerpt: `${'a'.repeat(500)}!${'b'.repeat(500)}` };
    const [, , text, caret] = renderError(new InputError('bad', { position }), plain).split('\n');
    expect(text).toBe(`  1 | …${'a'.repeat(60)}!${'b'.repeat(59)}…`);
    expect(caret?.indexOf('^')).toBe(text?.indexOf('!'));
  });

  it('shows a position without line or excerpt as what is known', () => {
    expect(renderError(new InputError('empty', { position: { file: 'c.yaml' } }), plain)).toBe(
      'Error: empty\n  in c.yaml\n',
    );
  });

  it('leaves the caret out where redaction moved the columns', () => {
    const position = { file: 'c.yaml', line: 3, column: 8, excerpt: '  PASSWORD: hunter22 x' };
    expect(renderError(new InputError('bad', { position }), { ...plain, redact })).toBe(
      'Error: bad\n  in c.yaml:3:8\n  3 |   PASSWORD: ***\n',
    );
  });

  it('redacts and strips every part', () => {
    const error = new NotFoundError('hunter22\u001b[2J', { detail: 'hunter22', hint: 'try hunter22\u202e' });
    expect(renderError(error, { ...plain, redact })).toBe('Error: ***\n  ***\nHint: try ***\n');
  });

  it('asks to report what is not one of our errors, without a stack', () => {
    expect(renderError(new TypeError('x is undefined'), plain)).toBe(
      'Error: internal error: x is undefined\n' +
        'Hint: This is a bug in berth. Please report it with the output of the same command with --debug.\n',
    );
    expect(renderError('text', plain)).toContain('Error: internal error: text\n');
  });

  it('shows stacks and causes with debug only', () => {
    const error = new BerthError('store', 'cannot open', { cause: new Error('hunter22 denied') });
    const text = renderError(error, { ...plain, debug: true, redact });
    expect(text).toMatch(/^ {2}BerthError: cannot open\n {6}at /m);
    expect(text).toMatch(/^ {2}caused by Error: \*\*\* denied\n {6}at /m);
  });

  it('survives a cause that goes round', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(renderError(error, { ...plain, debug: true }).match(/Error: loop/g)).toHaveLength(1);
  });

  it('knows an abort for an interruption', () => {
    expect(renderError(new DOMException('This operation was aborted', 'AbortError'), plain)).toBe(
      'Error: interrupted\n',
    );
  });

  it('is coloured on a terminal', () => {
    const terminal = { isTTY: true, columns: 80, colour: true };
    expect(renderError(new NotFoundError('no'), { ...plain, terminal })).toBe('\u001b[31mError:\u001b[39m no\n');
  });
});

describe('errorDocument', () => {
  it('has every part that there is', () => {
    const error = new InputError('bad hunter22', {
      detail: 'hunter22',
      hint: 'no hunter22',
      position: { file: 'c.yaml', line: 1, excerpt: 'x: hunter22' },
    });
    expect(errorDocument(error, 2, redact)).toEqual({
      error: {
        code: 'input',
        message: 'bad ***',
        detail: '***',
        hint: 'no ***',
        position: { file: 'c.yaml', line: 1, excerpt: 'x: ***' },
        exitCode: 2,
      },
    });
  });

  it('has the data of the error, redacted at every depth', () => {
    const task = { container: 'web-1', node: null, exitCode: 1, message: 'hunter22', restarts: 3 };
    const service = { service: 'web', status: 'keeps exiting', ready: 0, desired: 1 };
    const verdictOf = (logs: readonly string[], message: string) => ({
      stack: 'shop',
      outcome: 'failing' as const,
      services: [{ ...service, outcome: 'failing' as const, task: { ...task, message, logs } }],
    });
    const error = new RolloutError('rollout_failed', 'no', {
      data: { verdict: verdictOf(['pw hunter22'], 'hunter22') },
    });
    expect(errorDocument(error, 10, redact).error).toEqual({
      code: 'rollout_failed',
      message: 'no',
      data: { verdict: verdictOf(['pw ***'], '***') },
      exitCode: 10,
    });
    expect(renderError(error, plain)).toBe('Error: no\n');
  });

  it('leaves out what there is not', () => {
    expect(errorDocument(new NotFoundError('no'), 4, redact)).toEqual({
      error: { code: 'not_found', message: 'no', exitCode: 4 },
    });
    expect(errorDocument(new RangeError('x'), 1, redact).error).toMatchObject({ code: 'internal', exitCode: 1 });
  });
});
