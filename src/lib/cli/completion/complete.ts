import { listBackends } from '../backends.js';
import type { Runtime } from '../runtime.js';
import { readBashLine } from './bash-line.js';
import type { Candidate, Grammar } from './grammar.js';
import type { NameKind } from './name-kinds.js';
import type { Name } from './names.js';
import { namesBy } from './names-now.js';
import { bashReply, fishReply, type Offer, powershellReply, zshReply } from './reply.js';
import type { Shell } from './shells.js';
import { type Want, wanted } from './wanted.js';

/** What a completion script asks. */
export interface Question {
  readonly shell: Shell;
  /** bash: the command line up to the cursor, and `COMP_WORDBREAKS`. */
  readonly line: string;
  readonly breaks: string;
  /** The others: the words behind the program's name, and the cursor's word, without their quotes. */
  readonly previous: readonly string[];
  readonly current: string;
}

/** The whole call ends within this many milliseconds of the process's start, names there or not. */
const limitMs = 300;

/** What is left of it to print the answer and end. */
const reserveMs = 45;

/**
 * Answers a completion script: see `reply.ts` for what it gives. Never fails: what cannot be known is not offered.
 */
export async function complete(question: Question, grammar: Grammar, runtime: Runtime): Promise<string> {
  const { shell, previous, current } = question;
  const line = shell === 'bash' ? readBashLine(question.line, question.breaks) : undefined;
  const want = wanted(line?.previous ?? previous, line?.current ?? current, grammar);
  const offer = await offered(want, line?.current ?? current, runtime);
  if (line !== undefined) return bashReply(offer, line);
  if (shell === 'zsh') return zshReply(offer);
  return shell === 'fish' ? fishReply(offer) : powershellReply(offer, current);
}

async function offered(want: Want, current: string, runtime: Runtime): Promise<Offer> {
  if (want.kind !== 'names') return want;
  try {
    return { kind: 'words', candidates: await namesFor(want, current.slice(want.prefix.length), runtime) };
  } catch {
    return { kind: 'words', candidates: [] };
  }
}

type NamesWant = Extract<Want, { readonly kind: 'names' }>;

async function namesFor(want: NamesWant, typed: string, runtime: Runtime): Promise<readonly Candidate[]> {
  const { source, prefix, given } = want;
  if (source === 'backend') {
    return listBackends(runtime).map(({ name, description }) => ({ word: `${prefix}${name}`, description }));
  }
  const suffix = source.endsWith('=') ? '=' : '';
  const names = await namesOf(want, runtime);
  const spelled = source.startsWith('service of') ? names.map(bare) : spellings(names, typed);
  return spelled
    .map(({ word, description }) => ({ word: `${prefix}${word}${suffix}`, description }))
    .filter(({ word }) => !given.some((other) => other === word || (suffix !== '' && other.startsWith(word))));
}

const kinds: Readonly<Record<Exclude<NamesWant['source'], 'backend'>, NameKind>> = {
  stack: 'stack',
  service: 'service',
  'service=': 'service',
  'service of stack': 'service',
  'service of stack=': 'service',
  container: 'container',
  action: 'action',
  node: 'node',
  release: 'release',
  variable: 'variable',
  image: 'image',
  registry: 'registry',
};

async function namesOf({ source, stack, backend }: NamesWant, runtime: Runtime): Promise<readonly Name[]> {
  if (source === 'backend') return [];
  const readOfOne = source === 'release' || source === 'variable';
  const ofOne = readOfOne || source.startsWith('service of');
  const owner = ofOne ? (stack ?? (await stackHere(runtime))) : '';
  const untilMs = performance.timeOrigin + limitMs - reserveMs;
  const request = { kind: kinds[source], stack: readOfOne ? owner : '', backend };
  const names = await namesBy(untilMs, request, runtime);
  return ofOne ? names.filter((name) => name.stack === owner) : names;
}

/** The stack that commands with `--app` mean without it. */
async function stackHere({ env, host }: Runtime): Promise<string> {
  const { environmentOf } = await import('../../compose/environment.js');
  const { nameInFiles } = await import('../compose-name.js');
  const { projectName } = await import('../../compose/project-name.js');
  const environment = environmentOf(env);
  const inFiles = nameInFiles(host.cwd, environment);
  return inFiles?.name ?? projectName(undefined, environment, [], host.cwd, undefined);
}

/** A name alone where it is enough; with its stack where there are more, or where a dot was typed. */
function spellings(names: readonly Name[], typed: string): readonly Candidate[] {
  const times = new Map<string, number>();
  for (const { name } of names) times.set(name, (times.get(name) ?? 0) + 1);
  return names.map((entry) => {
    const whole = entry.stack !== null && ((times.get(entry.name) ?? 0) > 1 || typed.includes('.'));
    return whole ? { word: `${entry.name}.${entry.stack}`, description: entry.description } : bare(entry);
  });
}

function bare({ name, description }: Name): Candidate {
  return { word: name, description };
}
