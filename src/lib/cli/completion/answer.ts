import type { Config } from '@oclif/core';
import { topics } from '../help-topics.js';
import type { Runtime } from '../runtime.js';
import { complete, type Question } from './complete.js';
import type { Grammar } from './grammar.js';
import { type NamesRequest, refreshNames } from './names-now.js';

/** What `completion words` prints: the answer to a completion script. */
export async function answer(question: Question, config: Config, runtime: Runtime): Promise<string> {
  return complete(question, grammarOf(config), runtime);
}

/** What `completion refresh` does. Prints nothing, and never fails. */
export async function refresh(request: NamesRequest, runtime: Runtime): Promise<string> {
  await refreshNames(request, runtime);
  return '';
}

function grammarOf(config: Config): Grammar {
  return {
    commands: config.commands,
    nouns: Object.fromEntries(config.topics.map(({ name, description }) => [name, description ?? ''])),
    topics: Object.fromEntries(topics.map(({ name, summary }) => [name, summary])),
  };
}
