import fs from 'node:fs';
import path from 'node:path';
import { UnsupportedError, UsageError } from '../port/errors.js';
import { nearest } from '../text/nearest.js';
import { type Environment, homeDirectory, isSwitchedOn, readTextFile, variable } from './environment.js';

/** Engines there are drivers for. */
const engineNames = ['sandbox', 'docker'] as const;

/** Engines that are planned: asking for one is answered with its absence, not with "unknown". */
const plannedEngines = ['swarm'] as const;

export interface EngineChoice {
  readonly engine: (typeof engineNames)[number];
  /** False when it is the sandbox because there is nothing else. */
  readonly asked: boolean;
  /** What asked for it, or why there is nothing else: the end of a sentence that begins with `because`. */
  readonly why: string;
}

/** What is looked at on this machine. */
export interface EngineFiles {
  readText(file: string): string | undefined;
  /** Whether there is a socket, and this user may open it. */
  socket(file: string): 'open' | 'refused' | 'absent';
}

const dockerSocket = '/var/run/docker.sock';

/**
 * Chooses the engine: `BERTH_ENGINE`; else the Docker engine that `DOCKER_HOST`, `DOCKER_CONTEXT` or `docker context use`
 * name, or whose socket this user may open; else the sandbox. A Docker engine that is named, or whose socket is there, is
 * never answered with another: where nobody listens the command ends as unreachable.
 *
 * @throws UsageError for an unknown name; UnsupportedError for an engine that this version has no driver for.
 */
export function chooseEngine(env: Environment, files: EngineFiles = machineFiles): EngineChoice {
  const asked = variable(env, 'BERTH_ENGINE');
  if (asked !== undefined) return { engine: engineNamed(asked), asked: true, why: 'BERTH_ENGINE names it' };
  for (const name of ['DOCKER_HOST', 'DOCKER_CONTEXT']) {
    if (variable(env, name) !== undefined) return { engine: 'docker', asked: true, why: `${name} is set` };
  }
  const context = currentContext(env, files);
  if (context !== undefined) return { engine: 'docker', asked: true, why: `the Docker context is ${context}` };
  switch (files.socket(dockerSocket)) {
    case 'open':
      return { engine: 'docker', asked: true, why: `${dockerSocket} is there` };
    case 'refused':
      return { engine: 'sandbox', asked: false, why: `${dockerSocket} is there, but you may not open it` };
    case 'absent':
      return { engine: 'sandbox', asked: false, why: `there is no ${dockerSocket}` };
  }
}

/** @throws UsageError or UnsupportedError. */
function engineNamed(asked: string): EngineChoice['engine'] {
  const found = engineNames.find((name) => name === asked);
  if (found !== undefined) return found;
  if (plannedEngines.some((name) => name === asked)) {
    throw new UnsupportedError(`this version of berth cannot drive the ${asked} engine yet`, {
      hint: `Set BERTH_ENGINE to ${engineNames.join(' or ')}.`,
    });
  }
  const suggestion = nearest(asked, engineNames);
  throw new UsageError(`BERTH_ENGINE names an unknown engine: ${JSON.stringify(asked)}`, {
    hint: suggestion === undefined ? `Engines: ${engineNames.join(', ')}.` : `Did you mean ${suggestion}?`,
  });
}

/** What `docker context use` keeps; undefined for none, and for `default`. */
function currentContext(env: Environment, files: EngineFiles): string | undefined {
  const folder = variable(env, 'DOCKER_CONFIG') ?? path.join(homeDirectory(env), '.docker');
  const text = files.readText(path.join(folder, 'config.json'));
  if (text === undefined) return undefined;
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config !== 'object' || config === null || !('currentContext' in config)) return undefined;
    const { currentContext: name } = config;
    return typeof name === 'string' && name !== '' && name !== 'default' ? name : undefined;
  } catch {
    // A file that is no JSON is Docker's to complain of.
    return undefined;
  }
}

const machineFiles: EngineFiles = {
  readText: readTextFile,
  socket: (file) => {
    if (fs.statSync(file, { throwIfNoEntry: false })?.isSocket() !== true) return 'absent';
    try {
      fs.accessSync(file, fs.constants.R_OK | fs.constants.W_OK);
      return 'open';
    } catch {
      return 'refused';
    }
  },
};

/**
 * What to say on stderr before something is changed on an engine nobody asked for; undefined when it was asked for.
 *
 * @throws UsageError under `CI`, where a deployment that starts no container would pass for a real one.
 */
export function noticeBeforeChange({ asked, why }: EngineChoice, env: Environment): string | undefined {
  if (asked) return undefined;
  if (isSwitchedOn(env, 'CI')) {
    throw new UsageError(`no engine is chosen (${why}), and under CI the sandbox is not taken for granted`, {
      hint: 'Set DOCKER_HOST, or BERTH_ENGINE=sandbox if a deployment without containers is what you want.',
    });
  }
  return `Using the sandbox engine, since ${why}: it schedules, but starts no containers (BERTH_ENGINE=sandbox asks for it by name).`;
}
