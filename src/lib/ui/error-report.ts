import { type ErrorCode, type ErrorData, isAbortError, isBerthError, type SourcePosition } from '../port/errors.js';
import { stripControl, stripControlLines, type Styles, stylesFor, type Terminal } from './terminal.js';
import { displayWidth } from './width.js';

export interface ErrorReportOptions {
  /** Where the report goes: stderr. */
  readonly terminal: Terminal;
  /** Show stack traces. */
  readonly debug: boolean;
  /** Takes secrets out of text. */
  readonly redact: (text: string) => string;
}

/** What scripts get of an error under `--json`. */
export interface ErrorDocument {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly detail?: string;
    readonly hint?: string;
    readonly position?: SourcePosition;
    /** `ErrorData`, redacted. */
    readonly data?: unknown;
    readonly exitCode: number;
  };
}

/** An error of any kind, in the terms of the tree. */
interface Described {
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly position: SourcePosition | undefined;
  readonly data?: ErrorData | undefined;
}

/** Characters of an excerpt shown on either side of the column. */
const excerptReach = 60;

/**
 * The report of an error for stderr, with its last line end: what failed, where in which file, the platform's own words,
 * what to do next.
 */
export function renderError(error: unknown, options: ErrorReportOptions): string {
  const described = describe(error);
  const styles = stylesFor(options.terminal);
  const clean = (text: string): string => stripControlLines(options.redact(text));
  const parts = [`${styles.red('Error:')} ${clean(described.message)}`];
  if (described.position !== undefined) parts.push(...positionLines(described.position, options, styles));
  if (described.detail !== undefined) parts.push(indented(clean(described.detail)));
  if (options.debug) parts.push(...stackLines(error).map((line) => styles.dim(clean(line))));
  if (described.hint !== undefined) parts.push(`${styles.cyan('Hint:')} ${clean(described.hint)}`);
  return `${parts.join('\n')}\n`;
}

/** The error as a JSON value, redacted; keys that have no value are left out. */
export function errorDocument(error: unknown, exitCode: number, redact: (text: string) => string): ErrorDocument {
  const { code, message, detail, hint, position, data } = describe(error);
  return {
    error: {
      code,
      message: redact(message),
      ...(detail !== undefined && { detail: redact(detail) }),
      ...(hint !== undefined && { hint: redact(hint) }),
      ...(position !== undefined && { position: redactedPosition(position, redact) }),
      ...(data !== undefined && { data: redactedValue(data, redact) }),
      exitCode,
    },
  };
}

function describe(error: unknown): Described {
  if (isBerthError(error)) return error;
  if (isAbortError(error)) {
    return { code: 'interrupted', message: 'interrupted', detail: undefined, hint: undefined, position: undefined };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal',
    message: `internal error: ${message === '' ? 'no message' : message}`,
    detail: undefined,
    hint: 'This is a bug in berth. Please report it with the output of the same command with --debug.',
    position: undefined,
  };
}

function redactedPosition(position: SourcePosition, redact: (text: string) => string): SourcePosition {
  return { ...position, ...(position.excerpt !== undefined && { excerpt: redact(position.excerpt) }) };
}

/** A JSON value with its texts redacted, at any depth. */
function redactedValue(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactedValue(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, redactedValue(member, redact)]));
}

/** `at compose.yaml:4:5 (services.web)`, the line, and a caret below the column. */
function positionLines(position: SourcePosition, options: ErrorReportOptions, styles: Styles): readonly string[] {
  const { file, line, column, path, excerpt } = position;
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const attribute = path === undefined || path === '' ? '' : ` (${path})`;
  const at = `  in ${stripControl(options.redact(`${place}${attribute}`))}`;
  if (excerpt === undefined) return [at];
  const window = excerptWindow(excerpt, column, options.redact);
  const gutter = line === undefined ? '' : String(line);
  const shown = [at, `  ${styles.dim(`${gutter} |`)} ${window.text}`];
  if (window.caret !== undefined) {
    shown.push(`  ${styles.dim(`${' '.repeat(gutter.length)} |`)} ${' '.repeat(window.caret)}${styles.red('^')}`);
  }
  return shown;
}

/** The part of a line around a column, and the cell of the caret; none where redaction moved the columns. */
function excerptWindow(
  excerpt: string,
  column: number | undefined,
  redact: (text: string) => string,
): { readonly text: string; readonly caret: number | undefined } {
  const redacted = redact(excerpt);
  const moved = redacted !== excerpt || column === undefined;
  const at = moved ? 0 : column - 1;
  const from = Math.max(0, at - excerptReach);
  const before = stripControl(redacted.slice(from, at));
  const after = stripControl(redacted.slice(at, at + excerptReach));
  const start = from > 0 ? '…' : '';
  const end = at + excerptReach < redacted.length ? '…' : '';
  return { text: `${start}${before}${after}${end}`, caret: moved ? undefined : displayWidth(start + before) };
}

/** The stack traces of an error and of what caused it. */
function stackLines(error: unknown): readonly string[] {
  const traces: string[] = [];
  const seen = new Set<unknown>();
  for (let current = error; current instanceof Error && !seen.has(current); current = current.cause) {
    seen.add(current);
    const trace = current.stack ?? `${current.name}: ${current.message}`;
    traces.push(indented(seen.size === 1 ? trace : `caused by ${trace}`));
  }
  return traces;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
