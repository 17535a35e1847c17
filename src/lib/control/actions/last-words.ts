import type { StackScope } from '../../plan/resources.js';
import type { VerdictTask } from '../../port/verdict.js';
import type { CallContext } from '../../port/verb.js';
import type { Engine, Task } from '../engines/engine.js';

/** Log lines told of a replica. */
const lastLines = 8;

/** What the engine says of a replica, and the last lines it wrote; no lines where they cannot be read. */
export async function lastWords(
  engine: Engine,
  scope: StackScope,
  task: Task,
  context: CallContext,
): Promise<VerdictTask> {
  const { name: container, node, exitCode, message, restarts } = task;
  return { container, node, exitCode, message, restarts, logs: await lastLogLines(engine, scope, task, context) };
}

async function lastLogLines(
  engine: Engine,
  scope: StackScope,
  { service, id }: Task,
  context: CallContext,
): Promise<readonly string[]> {
  const lines: string[] = [];
  try {
    for await (const line of engine.logs(
      { ...scope, service, container: id, all: true },
      { tail: lastLines },
      context,
    )) {
      lines.push(line.text);
      if (lines.length > lastLines) lines.shift();
    }
  } catch {
    // How the rollout went is what is to be told. A caller that was stopped finds out by its signal.
  }
  return lines;
}
