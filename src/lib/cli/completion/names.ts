import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { NameKind } from './name-kinds.js';

/** The name of something there is, as it may be typed. */
export interface Name {
  readonly name: string;
  /** The stack it belongs to; null where it belongs to none. */
  readonly stack: string | null;
  /** One line on it; may be empty. */
  readonly description: string;
}

/** Whose names. */
export interface NameKey {
  /** The backend, with its engine. */
  readonly backend: string;
  readonly namespace: string;
  readonly kind: NameKind;
  /** Of releases and variables: the stack they are of. Empty for all other kinds. */
  readonly stack: string;
}

interface KeptNames {
  /** When they were read: milliseconds since 1970. */
  readonly at: number;
  readonly names: readonly Name[];
}

/** How long names are not asked for again, in milliseconds. */
const freshMs = 5_000;

/** After this long without an answer, in milliseconds, whoever was asking is taken for dead. */
const askingMs = 15_000;

/** Files of stacks that nobody asks for any more are removed after this long, in milliseconds. */
const keptMs = 7 * 86_400_000;

/**
 * Names that completion has seen, in files of `$BERTH_HOME/completion` that only their owner reads. The folder is made
 * where it is missing, berth's own folder never is. No method throws: completion does without what cannot be read.
 */
export class NameCache {
  readonly #directory: string;
  readonly #file: string;
  readonly #now: () => number;

  /** @param now milliseconds since 1970. */
  constructor(home: string, key: NameKey, now: () => number) {
    const { backend, namespace, kind, stack } = key;
    const hash = createHash('sha256').update(JSON.stringify([backend, namespace, kind, stack]));
    this.#directory = path.join(home, 'completion');
    this.#file = path.join(this.#directory, `${kind}-${hash.digest('hex').slice(0, 16)}.json`);
    this.#now = now;
  }

  /** The names that were kept last; none where there are none. */
  read(): readonly Name[] {
    return this.#kept()?.names ?? [];
  }

  /** True when the names are so new that asking again is no use. */
  isFresh(): boolean {
    const age = this.#now() - (this.#kept()?.at ?? 0);
    return age >= 0 && age < freshMs;
  }

  /** Notes that somebody asks for the names. False when somebody does already, or nothing can be kept. */
  begin(): boolean {
    try {
      fs.mkdirSync(this.#directory, { mode: 0o700 });
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) return false;
    }
    const mark = this.#mark();
    try {
      const stat = fs.statSync(mark, { throwIfNoEntry: false });
      if (stat !== undefined && this.#now() - stat.mtimeMs > askingMs) fs.rmSync(mark, { force: true });
      fs.closeSync(fs.openSync(mark, 'wx', 0o600));
      return true;
    } catch {
      return false;
    }
  }

  /** True while somebody asks. */
  isAsked(): boolean {
    return fs.existsSync(this.#mark());
  }

  /** Keeps names, in one piece. Undefined: there was no answer, and those of before are kept on. */
  end(names: readonly Name[] | undefined): void {
    const partial = `${this.#file}.${process.pid}`;
    const kept: KeptNames = { at: this.#now(), names: names ?? this.read() };
    try {
      fs.writeFileSync(partial, JSON.stringify(kept), { mode: 0o600, flag: 'wx' });
      fs.renameSync(partial, this.#file);
    } catch {
      fs.rmSync(partial, { force: true });
    }
    this.cancel();
    this.#removeOld();
  }

  /** Nobody asks any more. */
  cancel(): void {
    try {
      fs.rmSync(this.#mark(), { force: true });
    } catch {
      // It counts for nothing after a while.
    }
  }

  #mark(): string {
    return `${this.#file}.asked`;
  }

  #kept(): KeptNames | undefined {
    try {
      const kept: unknown = JSON.parse(fs.readFileSync(this.#file, 'utf8'));
      return isKept(kept) ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  #removeOld(): void {
    try {
      for (const name of fs.readdirSync(this.#directory)) {
        const file = path.join(this.#directory, name);
        if (this.#now() - fs.statSync(file).mtimeMs > keptMs) fs.rmSync(file, { force: true });
      }
    } catch {
      // Somebody else was quicker.
    }
  }
}

function isKept(value: unknown): value is KeptNames {
  if (typeof value !== 'object' || value === null) return false;
  if (!('at' in value) || typeof value.at !== 'number') return false;
  return 'names' in value && Array.isArray(value.names) && value.names.every(isName);
}

function isName(value: unknown): value is Name {
  if (typeof value !== 'object' || value === null) return false;
  const has = (key: string): boolean => key in value && typeof Reflect.get(value, key) === 'string';
  return has('name') && has('description') && (has('stack') || ('stack' in value && value.stack === null));
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
