import type { Container } from '../port/containers.js';
import { NotFoundError } from '../port/errors.js';
import type { ScaleTarget } from '../port/services.js';
import type { Stack } from '../port/stacks.js';
import { nearest } from '../text/nearest.js';

/**
 * The replicas of an app that a word means: all of a process type (`web`), one of them (`web.1`), or without a word all
 * there are.
 *
 * @throws NotFoundError with the nearest type.
 */
export function processesNamed(containers: readonly Container[], word: string | undefined): readonly Container[] {
  if (word === undefined) return containers;
  const ofType = containers.filter(({ service }) => service === word);
  if (ofType.length > 0) return ofType;
  const one = containers.filter(({ name, service }) => word === name || word === `${service}.${slotOf(name, service)}`);
  if (one.length > 0) return one;
  const types = [...new Set(containers.map(({ service }) => service))];
  const near = nearest(word.replace(/\.\d+$/, ''), types);
  throw new NotFoundError(`no process ${JSON.stringify(word)}`, { hint: hintFor(word, types, near) });
}

/**
 * Makes sure that what is to be scaled are process types of the app.
 *
 * @param command the command as typed: `ps scale`.
 * @throws NotFoundError with the nearest type.
 */
export function checkProcessTypes(
  targets: readonly ScaleTarget[],
  { name, services }: Pick<Stack, 'name' | 'services'>,
  command: string,
): void {
  const wrong = targets.find(({ service }) => !services.includes(service));
  if (wrong === undefined) return;
  const near = nearest(wrong.service, services);
  const meant = `Did you mean \`berth ${command} -a ${name} ${near ?? ''}=${wrong.replicas}\`?`;
  const types = services.length === 0 ? 'It has none.' : `It has ${services.join(', ')}.`;
  throw new NotFoundError(`the app ${name} has no process type ${JSON.stringify(wrong.service)}`, {
    hint: near === undefined ? types : meant,
  });
}

/** `2` of `web-2`. */
function slotOf(name: string, service: string): string {
  return name.slice(service.length + 1);
}

function hintFor(word: string, types: readonly string[], near: string | undefined): string {
  if (types.length === 0) return 'The app has no processes.';
  if (near === undefined) return `It has processes of the types ${types.join(', ')}.`;
  return word.startsWith(`${near}.`) ? 'List them with `berth ps ls`.' : `Did you mean ${near}?`;
}
