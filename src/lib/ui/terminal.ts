/** What is known of the stream that text goes to. stdout and stderr are described separately: one may be a pipe. */
export interface Terminal {
  readonly isTTY: boolean;
  /** Width in cells (>= 1); 80 where it is not known. Only meaningful on a TTY. */
  readonly columns: number;
  readonly colour: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Describes one stream. Colour: `--no-color` and a non-empty NO_COLOR turn it off; else FORCE_COLOR and CLICOLOR_FORCE
 * decide when they are set; else a TTY has it unless TERM is `dumb`.
 */
export function describeTerminal(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Environment,
  options: { readonly noColor?: boolean } = {},
): Terminal {
  const isTTY = stream.isTTY === true;
  const columns = stream.columns !== undefined && stream.columns > 0 ? stream.columns : 80;
  return { isTTY, columns, colour: wantsColour(isTTY, env, options.noColor === true) };
}

function wantsColour(isTTY: boolean, env: Environment, noColor: boolean): boolean {
  if (noColor || isSet(env['NO_COLOR'])) return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  const cliColorForce = env['CLICOLOR_FORCE'];
  if (isSet(cliColorForce) && cliColorForce !== '0') return true;
  return isTTY && env['TERM'] !== 'dumb';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

export type Style = (text: string) => string;

/** Styles of one terminal; every one gives its text back unchanged where colour is off. */
export interface Styles {
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly green: Style;
  readonly yellow: Style;
  readonly blue: Style;
  readonly magenta: Style;
  readonly cyan: Style;
}

export function stylesFor(terminal: Pick<Terminal, 'colour'>): Styles {
  const style = (open: number, close: number): Style =>
    terminal.colour ? (text) => (text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`) : (text) => text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    blue: style(34, 39),
    magenta: style(35, 39),
    cyan: style(36, 39),
  };
}

// Complete CSI sequences, and OSC, DCS, SOS, PM and APC strings with their terminator, in 7-bit and 8-bit spelling
// (ECMA-48). Of a string that never ends only its introducer goes, so that it cannot swallow what follows.
const sequences =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u001b\u009c\u0007]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-~]?/g;
const lineBreaks = /\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/g;
// C0, DEL, C1, and what reorders text: marks, embeddings, overrides and isolates of the bidirectional algorithm.
const controls = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const suspicious = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/**
 * Makes text that a platform sent safe to print on one line: escape sequences, control characters and bidi controls are
 * removed, tabs and line ends become one space each.
 */
export function stripControl(text: string): string {
  if (!suspicious.test(text)) return text;
  return text.replace(sequences, '').replace(lineBreaks, ' ').replace(controls, '');
}

/** Like `stripControl` for text of several lines: line ends stay. */
export function stripControlLines(text: string): string {
  if (!suspicious.test(text)) return text;
  return text
    .split(/\r?\n/)
    .map((line) => stripControl(line))
    .join('\n');
}

const ownStyles = /(\u001b\[(?:1|2|22|3[1-69])m)/;

/** Like `stripControlLines`, but what `stylesFor` puts into text stays. */
export function stripAllButStyles(text: string): string {
  return text
    .split(ownStyles)
    .map((part, index) => (index % 2 === 1 ? part : stripControlLines(part)))
    .join('');
}
