import type { Mutation } from '../../port/actions.js';
import type { Service } from '../../port/services.js';
import type { View } from '../result.js';
import { type Executed, executed, isExecuted } from './containers.js';
import { serviceMutation } from './service-change.js';

/** What a service that was run came to: what was changed, or, where somebody stayed with it, how it ended. */
export const serviceRun: View<Mutation<Service> | Executed> = {
  check: (flags) => {
    serviceMutation.check(flags);
  },
  show: (result, context) =>
    isExecuted(result) ? executed.show(result, context) : serviceMutation.show(result, context),
  endings: (result) => (isExecuted(result) ? [] : (serviceMutation.endings?.(result) ?? [])),
};
