import { splitCommandLine } from '../compose/shellwords.js';
import type { Mount, Port } from '../compose/project.js';
import { UsageError } from '../port/errors.js';

/*
 * Words that docker-cloud takes for parts of a service (reference/dockercloud/CLI.md section 2), as Compose has them.
 * What these functions cannot read is a UsageError that names the word and the form wanted.
 */

/** `[HOST:]PORT[/tcp|/udp]` */
export function parsePort(word: string): Port {
  const [, published, target = '', protocol = 'tcp'] = /^(?:(\d+):)?(\d+)(?:\/(tcp|udp))?$/i.exec(word) ?? [];
  if (!isPort(target) || (published !== undefined && !isPort(published))) {
    throw wrong('--publish', word, '[HOST:]PORT[/tcp|/udp], for example 8080:80/tcp. Ports are 1 to 65535.');
  }
  return {
    mode: 'ingress',
    target: Number(target),
    ...(published !== undefined && { published: String(Number(published)) }),
    protocol: protocol.toLowerCase() === 'udp' ? 'udp' : 'tcp',
  };
}

/** `PORT`, as Compose writes it. */
export function parseExposed(word: string): string {
  if (!isPort(word)) throw wrong('--expose', word, 'a port, 1 to 65535.');
  return String(Number(word));
}

/** `PATH`, `HOST:PATH`, `HOST:PATH:ro` */
export function parseVolume(word: string): Mount {
  const parts = word.split(':');
  const [source, target = '', mode = 'rw'] = parts.length === 1 ? [undefined, word] : parts;
  const isPath = (text: string): boolean => text.startsWith('/');
  const readable = parts.length <= 3 && isPath(target) && (source === undefined || isPath(source));
  if (!readable || !/^(rw|ro)$/i.test(mode)) {
    throw wrong('--volume', word, 'PATH, HOST:PATH or HOST:PATH:ro, with whole paths.');
  }
  const readOnly = mode.toLowerCase() === 'ro' && { read_only: true };
  if (source === undefined) return { type: 'volume', target, volume: {} };
  return { type: 'bind', source, target, ...readOnly, bind: { create_host_path: true } };
}

/** `NAME[.STACK]:ALIAS` */
export function parseLink(word: string): string {
  if (/^[\w-]+(\.[\w-]+)?:[\w-]+$/.test(word)) return word;
  throw wrong('--link-service', word, 'NAME:ALIAS or NAME.STACK:ALIAS.');
}

/** An argument vector from a command line; empty for a blank one. */
export function parseCommand(flag: string, line: string): readonly string[] {
  try {
    return splitCommandLine(line);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${flag}: ${why}`, { hint: 'Put in quotes what a shell would not take as it is.', cause });
  }
}

/** @throws UsageError for what cannot be the name of an image. */
export function parseImage(word: string): string {
  if (/^[^\s]+$/.test(word) && !word.startsWith('-')) return word;
  throw new UsageError(`${JSON.stringify(word)} is no image`, { hint: 'Write it as [REGISTRY/]NAME[:TAG].' });
}

/**
 * What a service of an image is called by default: the last part of the image's name, without tag and digest.
 *
 * @throws UsageError when nothing is left that can be a name.
 */
export function serviceNameOf(image: string): string {
  const last = (image.split('@')[0] ?? '').split('/').at(-1) ?? '';
  const name = (last.split(':')[0] ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '-')
    .replace(/^[_-]+/, '');
  if (name !== '') return name;
  throw new UsageError(`${JSON.stringify(image)} gives no name to the service`, { hint: 'Name it with --name.' });
}

/** @throws UsageError for a text that cannot be the name of a service that stands alone. */
export function parseServiceName(name: string): string {
  if (/^[a-z0-9][a-z0-9_-]*$/.test(name)) return name;
  throw new UsageError(`--name: ${JSON.stringify(name)} cannot be the name of a service`, {
    hint: 'Use lower-case letters, digits, - and _, beginning with a letter or digit.',
  });
}

function isPort(text: string): boolean {
  const port = Number(text);
  return /^\d+$/.test(text) && port >= 1 && port <= 65_535;
}

function wrong(flag: string, word: string, form: string): UsageError {
  return new UsageError(`${flag} does not take ${JSON.stringify(word)}`, { hint: `Write ${form}` });
}
