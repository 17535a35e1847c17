import type { FacetName } from '../port/backend.js';
import type { ActionDetail, Mutation } from '../port/actions.js';
import type { Container } from '../port/containers.js';
import type { VerbName, VerbOf } from '../port/gate.js';
import type { Service, ServiceDetail } from '../port/services.js';
import type { Stack, StackDetail } from '../port/stacks.js';
import type { CallContext, MutationOptions } from '../port/verb.js';
import type { View } from '../ui/result.js';
import { actionDetail } from '../ui/views/actions.js';
import { containerDetail, containerMutations } from '../ui/views/containers.js';
import { serviceDetail, serviceMutations } from '../ui/views/services.js';
import { stackDetail, stackMutations } from '../ui/views/stacks.js';

/*
 * What families of like verbs need to know of the nouns they are made for: commands that differ by noun and verb alone
 * come from factories over these.
 */

/** A verb of the selected backend, through the gate. */
export type OpenVerb = <F extends FacetName, V extends VerbName<F>>(
  facet: F,
  verb: V,
  options?: object,
) => Promise<VerbOf<F, V>>;

/** What has a name by which it is called and an id by which it is meant. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** A noun of which one can be looked up. */
export interface Noun<Detail> {
  /** The word for it, which is the name of the argument too. */
  readonly word: string;
  /** What names it: the argument's description. */
  readonly namedBy: string;
  readonly detail: View<Detail>;
  /** Throws NotFoundError or AmbiguousError. */
  get(open: OpenVerb, name: string, call: CallContext): Promise<Detail>;
}

/** Options that verbs over names take besides those of every change. */
export interface NameVerbOptions extends MutationOptions {
  readonly reuseVolumes?: boolean;
  readonly volumes?: boolean;
  readonly signal?: string;
}

/** A noun with verbs that take nothing but which one is meant. */
export interface ChangeableNoun<Detail extends Named, Thing, V extends string> extends Noun<Detail> {
  readonly changed: View<readonly Mutation<Thing>[]>;
  /** `voting-app (5 services)`: for the question before it is destroyed. */
  describe(thing: Detail): string;
  /** The verb, with these options, as a function of the id. Throws UnsupportedError. */
  change(
    open: OpenVerb,
    verb: V,
    options: NameVerbOptions,
    call: CallContext,
  ): Promise<(id: string) => Promise<Mutation<Thing>>>;
}

export const stackNoun: ChangeableNoun<StackDetail, Stack, 'start' | 'stop' | 'redeploy' | 'terminate'> = {
  word: 'stack',
  namedBy: 'Name or id of the stack.',
  detail: stackDetail,
  changed: stackMutations,
  describe: ({ name, services }) => `${name} (${services.length} ${services.length === 1 ? 'service' : 'services'})`,
  async get(open, stack, call) {
    const get = await open('stacks', 'get');
    return get({ stack }, {}, call);
  },
  async change(open, verb, options, call) {
    const change = await open('stacks', verb, options);
    return (stack) => change({ stack }, options, call);
  },
};

export const serviceNoun: ChangeableNoun<ServiceDetail, Service, 'start' | 'stop' | 'redeploy' | 'terminate'> = {
  word: 'service',
  namedBy: 'name, name.stack or id.',
  detail: serviceDetail,
  changed: serviceMutations,
  describe: qualified,
  async get(open, service, call) {
    const get = await open('services', 'get');
    return get({ service }, {}, call);
  },
  async change(open, verb, options, call) {
    const change = await open('services', verb, options);
    return (service) => change({ service }, options, call);
  },
};

export const containerNoun: ChangeableNoun<
  Container,
  Container,
  'start' | 'stop' | 'restart' | 'kill' | 'pause' | 'unpause' | 'redeploy' | 'terminate'
> = {
  word: 'container',
  namedBy: 'name, name.stack or id.',
  detail: containerDetail,
  changed: containerMutations,
  describe: qualified,
  async get(open, container, call) {
    const get = await open('containers', 'get');
    return get({ container }, {}, call);
  },
  async change(open, verb, options, call) {
    const change = await open('containers', verb, options);
    return (container) => change({ container }, options, call);
  },
};

export const actionNoun: Noun<ActionDetail> = {
  word: 'action',
  namedBy: 'Id of the action, or its beginning.',
  detail: actionDetail,
  async get(open, action, call) {
    const get = await open('actions', 'get');
    return get({ action }, {}, call);
  },
};

function qualified({ name, stack }: { readonly name: string; readonly stack: string | null }): string {
  return stack === null ? name : `${name}.${stack}`;
}
