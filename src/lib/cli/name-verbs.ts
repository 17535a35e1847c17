import { Flags } from '@oclif/core';
import type { Mutation } from '../port/actions.js';
import { textArg } from './args.js';
import { BerthCommand } from './base-command.js';
import { backendFlags, confirmFlags, mutationFlags } from './flags.js';
import { findAll, inOrder } from './in-order.js';
import { mutationOptions } from './mutation-options.js';
import type { ChangeableNoun, Named, NameVerbOptions } from './nouns.js';
import { argumentWords } from './argument-words.js';

/*
 * oclif's parser reads what a class has itself: whoever adds flags says again what it inherits.
 */

/**
 * A verb over names: `stack stop NAME...`. All names are looked up before anything is done, then each thing is changed in
 * the order given; the first failure ends it, and what was done before is told.
 */
export function nameVerb<Detail extends Named, Thing, V extends string>(
  noun: ChangeableNoun<Detail, Thing, V>,
  verb: V,
) {
  abstract class NameVerb extends BerthCommand<readonly Mutation<Thing>[]> {
    static override strict = false;
    static override args = { [noun.word]: textArg({ required: true, description: noun.namedBy }) };
    static override flags = { ...mutationFlags, ...backendFlags };

    protected readonly view = noun.changed;

    async run(): Promise<readonly Mutation<Thing>[]> {
      const { raw, flags } = await this.parse(NameVerb);
      return this.change(argumentWords(raw), mutationOptions(flags));
    }

    /** @param ask is given what was found, before it is changed: it throws to leave it as it is. */
    protected async change(
      names: readonly string[],
      options: NameVerbOptions,
      ask: (question: string) => Promise<void> = async () => undefined,
    ): Promise<readonly Mutation<Thing>[]> {
      const found = await findAll(noun.word, names, (name) =>
        noun.get((facet, get, given) => this.verb(facet, get, given), name, this.call),
      );
      const change = await noun.change(
        (facet, name, given) => this.mutation(facet, name, given),
        verb,
        options,
        this.call,
      );
      const described = found.map(({ thing }) => noun.describe(thing));
      await ask(questionOf(verb, noun.word, described));
      return inOrder(
        found,
        ({ id }) => change(id),
        (text) => this.warning(text),
      );
    }
  }
  return NameVerb;
}

/** `redeploy` of a noun. */
export function redeployVerb<Detail extends Named, Thing>(noun: ChangeableNoun<Detail, Thing, 'redeploy'>) {
  abstract class RedeployVerb extends nameVerb(noun, 'redeploy') {
    static override strict = false;
    static override args = super.args;
    static override flags = {
      'not-reuse-volumes': Flags.boolean({ summary: 'Give the new containers new volumes.' }),
      ...mutationFlags,
      ...backendFlags,
    };

    override async run(): Promise<readonly Mutation<Thing>[]> {
      const { raw, flags } = await this.parse(RedeployVerb);
      const options = { ...mutationOptions(flags), ...(flags['not-reuse-volumes'] && { reuseVolumes: false }) };
      return this.change(argumentWords(raw), options);
    }
  }
  return RedeployVerb;
}

/** `terminate` of a noun: asks first. */
export function terminateVerb<Detail extends Named, Thing>(noun: ChangeableNoun<Detail, Thing, 'terminate'>) {
  abstract class TerminateVerb extends nameVerb(noun, 'terminate') {
    static override strict = false;
    static override args = super.args;
    static override flags = { ...confirmFlags, ...mutationFlags, ...backendFlags };

    override async run(): Promise<readonly Mutation<Thing>[]> {
      const { raw, flags } = await this.parse(TerminateVerb);
      return this.change(argumentWords(raw), mutationOptions(flags), (question) => this.confirm(question, flags));
    }
  }
  return TerminateVerb;
}

/** `Terminate the stack web (2 services)?`, `Terminate 2 stacks: web (2 services), db (1 service)?` */
function questionOf(verb: string, word: string, things: readonly string[]): string {
  const begin = verb.slice(0, 1).toUpperCase() + verb.slice(1);
  const [only = ''] = things;
  return things.length === 1
    ? `${begin} the ${word} ${only}?`
    : `${begin} ${things.length} ${word}s: ${things.join(', ')}?`;
}
