import { backendFlags, listFlags, mutationFlags } from './flags.js';

const { 'dry-run': _noPlan, ...waitingFlags } = mutationFlags;

/** How actions are shown after something was done to them. */
export const actionRowFlags = { format: listFlags.format, quiet: listFlags.quiet };

/** Flags of a verb that goes on with actions: those of every change, but there is nothing to plan. */
export const retryFlags = { ...waitingFlags, ...actionRowFlags, ...backendFlags };
