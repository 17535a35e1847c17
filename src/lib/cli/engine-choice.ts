import { UnsupportedError, UsageError } from '../port/errors.js';
import { nearest } from '../text/nearest.js';
import { type Environment, isSwitchedOn, variable } from './environment.js';

/** Engines there are drivers for. */
const engineNames = ['sandbox'] as const;

/** Engines that are planned: asking for one is answered with its absence, not with "unknown". */
const plannedEngines = ['docker', 'swarm'] as const;

export interface EngineChoice {
  readonly engine: (typeof engineNames)[number];
  /** True when `BERTH_ENGINE` names it; false when it is what is left. */
  readonly asked: boolean;
}

/**
 * Chooses the engine for a new stack: `BERTH_ENGINE`, else the sandbox. `DOCKER_HOST` asks for a Docker engine, so it is
 * never answered with another.
 *
 * @throws UsageError for an unknown name; UnsupportedError for an engine that this version has no driver for.
 */
export function chooseEngine(env: Environment): EngineChoice {
  const asked = variable(env, 'BERTH_ENGINE');
  const useSandbox = 'Set BERTH_ENGINE=sandbox to try berth without containers.';
  if (asked !== undefined) {
    const found = engineNames.find((name) => name === asked);
    if (found !== undefined) return { engine: found, asked: true };
    if (plannedEngines.some((name) => name === asked)) {
      throw new UnsupportedError(`this version of berth cannot drive the ${asked} engine yet`, { hint: useSandbox });
    }
    const suggestion = nearest(asked, engineNames);
    throw new UsageError(`BERTH_ENGINE names an unknown engine: ${JSON.stringify(asked)}`, {
      hint: suggestion === undefined ? `Engines: ${engineNames.join(', ')}.` : `Did you mean ${suggestion}?`,
    });
  }
  if (variable(env, 'DOCKER_HOST') !== undefined) {
    throw new UnsupportedError('DOCKER_HOST asks for a Docker engine, which this version of berth cannot drive yet', {
      hint: useSandbox,
    });
  }
  return { engine: 'sandbox', asked: false };
}

/**
 * What to say on stderr before something is changed on an engine nobody asked for; undefined when it was asked for.
 *
 * @throws UsageError under `CI`, where a deployment that starts no container would pass for a real one.
 */
export function noticeBeforeChange(choice: EngineChoice, env: Environment): string | undefined {
  if (choice.asked) return undefined;
  if (isSwitchedOn(env, 'CI')) {
    throw new UsageError('no engine is chosen, and under CI the sandbox is not taken for granted', {
      hint: 'Set BERTH_ENGINE=sandbox if a deployment without containers is what you want.',
    });
  }
  return 'Using the sandbox engine: it schedules, but starts no containers (BERTH_ENGINE=sandbox asks for it by name).';
}
