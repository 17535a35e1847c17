import { formatPath, type Path } from './tree.js';

/** Where in a file something is wrong. Lines and columns count from 1. */
export interface ComposePosition {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** The attribute, dotted: `services.web.ports[0]`. */
  readonly path?: string;
  /** The text of the line. */
  readonly excerpt?: string;
}

export interface ComposeErrorOptions {
  /** What to do next. */
  readonly hint?: string | undefined;
  /** Words of the system or of a library, verbatim. */
  readonly detail?: string | undefined;
  readonly position?: ComposePosition | undefined;
}

/** Something the user gave is wrong. Has the fields of the port's errors, so that it is recognised as one of them. */
export class ComposeError extends Error {
  readonly code = 'input';
  readonly hint: string | undefined;
  readonly detail: string | undefined;
  readonly position: ComposePosition | undefined;

  constructor(message: string, options: ComposeErrorOptions = {}) {
    super(message);
    this.name = 'ComposeError';
    this.hint = options.hint;
    this.detail = options.detail;
    this.position = options.position;
  }
}

export interface AttributeErrorOptions {
  readonly hint?: string | undefined;
  /** The text of the wrong value, by which a list item is found again after lists were merged. */
  readonly text?: string | undefined;
  /** The wrong key of the mapping at the path, if it is the key that is wrong. */
  readonly key?: string | undefined;
}

/**
 * What a stage throws: it knows the attribute, not the file. `loadProject` turns it into a `ComposeError` with the
 * position of the attribute.
 */
export class AttributeError extends Error {
  readonly path: Path;
  readonly hint: string | undefined;
  readonly text: string | undefined;
  readonly key: string | undefined;

  /** `message` is the whole sentence; see `attributeError` for the usual form. */
  constructor(message: string, path: Path, options: AttributeErrorOptions = {}) {
    super(message);
    this.name = 'AttributeError';
    this.path = [...path];
    this.hint = options.hint;
    this.text = options.text;
    this.key = options.key;
  }
}

/** An error whose message begins with the attribute: `services.web.ports[0]: port 70000 is out of range`. */
export function attributeError(path: Path, what: string, options?: AttributeErrorOptions): AttributeError {
  return new AttributeError(`${formatPath(path)}: ${what}`, path, options);
}
