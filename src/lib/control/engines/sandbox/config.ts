import { UsageError } from '../../../port/errors.js';
import { parseFaults, type Faults } from './faults.js';

/** A virtual node as it is asked for. */
export interface NodeConfig {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * What the environment asks of the sandbox. Null is "not said": seed, speed and nodes then stay as the last command
 * that changed something left them, and the containers made get no faults.
 */
export interface SandboxConfig {
  readonly seed: string | null;
  /** Sandbox seconds per second, > 0. */
  readonly speed: number | null;
  /** At least one; the first is the manager. */
  readonly nodes: readonly NodeConfig[] | null;
  readonly faults: Faults | null;
}

const maxNodes = 1_000;
const maxSpeed = 1_000;

/**
 * Reads `BERTH_SANDBOX_SEED`, `_SPEED`, `_NODES` and `_FAULTS`. Empty is "not said", except for faults, where it is "none".
 *
 * @throws UsageError naming the variable and what is wrong in it.
 */
export function parseSandboxConfig(env: Readonly<Record<string, string | undefined>>): SandboxConfig {
  const { BERTH_SANDBOX_SEED: seed, BERTH_SANDBOX_SPEED: speed, BERTH_SANDBOX_NODES: nodes } = env;
  const faults = env['BERTH_SANDBOX_FAULTS'];
  return {
    seed: seed === undefined || seed === '' ? null : seed,
    speed: speed === undefined || speed.trim() === '' ? null : parseSpeed(speed.trim()),
    nodes: nodes === undefined || nodes.trim() === '' ? null : parseNodes(nodes.trim()),
    faults: faults === undefined ? null : parseFaults(faults, 'BERTH_SANDBOX_FAULTS'),
  };
}

function parseSpeed(text: string): number {
  const speed = /^\d*\.?\d+$/.test(text) ? Number(text) : 0;
  if (speed > 0 && speed <= maxSpeed) return speed;
  throw new UsageError(`BERTH_SANDBOX_SPEED: "${text}" is no number above 0 and up to ${maxSpeed}`, {
    hint: 'It is how many sandbox seconds pass in a second; the default is 10.',
  });
}

function parseNodes(text: string): NodeConfig[] {
  if (/^\d+$/.test(text)) {
    const count = Number(text);
    if (count < 1 || count > maxNodes) throw badNodes(`"${text}" is not between 1 and ${maxNodes}`);
    return numberedNodes(count);
  }
  const nodes = text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseNode);
  if (nodes.length > maxNodes) throw badNodes(`more than ${maxNodes} nodes`);
  const names = new Set<string>();
  for (const { name } of nodes) {
    if (names.has(name)) throw badNodes(`node "${name}" is there twice`);
    names.add(name);
  }
  if (nodes.length === 0) throw badNodes(`"${text}" names no node`);
  return nodes;
}

/** `sandbox-1` to `sandbox-<count>`. */
export function numberedNodes(count: number): NodeConfig[] {
  return Array.from({ length: count }, (_, index) => ({ name: `sandbox-${index + 1}`, labels: {} }));
}

function parseNode(text: string): NodeConfig {
  const [name = '', labelText = '', ...rest] = text.split(':').map((part) => part.trim());
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name)) throw badNodes(`"${name}" is no node name`);
  if (rest.length > 0) throw badNodes(`more than one ":" in "${text}"`);
  const labels: Record<string, string> = {};
  for (const label of labelText.split(',').map((part) => part.trim())) {
    if (label === '') continue;
    const equals = label.indexOf('=');
    if (equals < 1) throw badNodes(`"${label}" is no label=value`);
    labels[label.slice(0, equals)] = label.slice(equals + 1);
  }
  return { name, labels };
}

function badNodes(why: string): UsageError {
  return new UsageError(`BERTH_SANDBOX_NODES: ${why}`, {
    hint: 'A count such as 3, or nodes with labels: a:zone=east,disk=ssd;b:zone=west',
  });
}
