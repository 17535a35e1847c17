import type { ActionRecords } from './records.js';

/** Actions in a store that is opened when one is first asked for: verbs that read from an engine mostly need none. */
export function lazyRecords(open: () => Promise<ActionRecords>): ActionRecords {
  return {
    create: async (...args) => (await open()).create(...args),
    get: async (...args) => (await open()).get(...args),
    intent: async (...args) => (await open()).intent(...args),
    wayBack: async (...args) => (await open()).wayBack(...args),
    list: async (...args) => (await open()).list(...args),
    byIdPrefix: async (...args) => (await open()).byIdPrefix(...args),
    steps: async (...args) => (await open()).steps(...args),
    take: async (...args) => (await open()).take(...args),
    handOver: async (...args) => (await open()).handOver(...args),
    reopen: async (...args) => (await open()).reopen(...args),
    replan: async (...args) => (await open()).replan(...args),
    addUndo: async (...args) => (await open()).addUndo(...args),
    underLease: async (...args) => (await open()).underLease(...args),
    markStep: async (...args) => (await open()).markStep(...args),
    end: async (...args) => (await open()).end(...args),
    cancel: async (...args) => (await open()).cancel(...args),
    pulse: async (...args) => (await open()).pulse(...args),
    lines: async (...args) => (await open()).lines(...args),
    log: async (...args) => (await open()).log(...args),
    events: async (...args) => (await open()).events(...args),
    failAbandoned: async (...args) => (await open()).failAbandoned(...args),
    takeInterrupted: async (...args) => (await open()).takeInterrupted(...args),
    dropDetails: async (...args) => (await open()).dropDetails(...args),
  };
}
